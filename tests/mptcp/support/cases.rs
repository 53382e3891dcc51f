//! How properties are tried.

use proptest::prelude::ProptestConfig;

/// So many cases, and no file for those that fail: they are printed.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        // What is left out is no failure of the run.
        max_global_rejects: cases.max(1024),
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}
