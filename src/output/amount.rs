//! Large numbers, short where they are to be.

use crate::cli::options::Scale;

/// What a number is multiplied by, by powers of 1000 or 1024.
const PREFIXES: [&str; 6] = ["k", "M", "G", "T", "P", "E"];

/// A number as `ip -human` and `ip -iec` write it: three digits and a prefix.
pub(super) fn amount(number: u64, scale: Scale) -> String {
    let (base, mark) = if scale.iec { (1024, "i") } else { (1000, "") };
    if !(scale.human || scale.iec) || number < base {
        return number.to_string();
    }
    let mut unit = base;
    let mut prefixes = PREFIXES.iter();
    let mut prefix = prefixes.next();
    while number / base >= unit && prefixes.len() > 0 {
        unit *= base;
        prefix = prefixes.next();
    }
    let whole = number / unit;
    let digits = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let value = number as f64 / unit as f64;
    let prefix = prefix.copied().unwrap_or_default();
    format!("{value:.digits$}{prefix}{mark}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shortened_as_ip_shortens_them() {
        let (human, iec) = (true, true);
        let of = |number, human, iec| amount(number, Scale { human, iec });
        assert_eq!(of(118_032_456, false, false), "118032456");
        let short = [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1.00k", "1000"),
            (1024, "1.02k", "1.00Ki"),
            (12_345, "12.3k", "12.1Ki"),
            (118_032_456, "118M", "113Mi"),
            (u64::MAX, "18.4E", "16.0Ei"),
        ];
        for (number, by_1000, by_1024) in short {
            assert_eq!(of(number, human, false), by_1000);
            assert_eq!(of(number, human, iec), by_1024);
        }
    }
}
