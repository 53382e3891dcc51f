//! The links of the documents.

use std::fs;

use super::blocks::{guides, read, top};

trials! { links_lead_to_files_and_headings, every_guide_is_linked_from_the_front_page, every_guide_is_installed }

const OTHERS: [&str; 5] = [
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "RELEASING.md",
    "SECURITY.md",
];

fn links_lead_to_files_and_headings() {
    let mut count = 0;
    let others = OTHERS.iter().map(|&name| name.to_owned());
    for document in others.chain(guides()) {
        for link in links(&read(&document)) {
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            if file.contains("://") {
                continue;
            }
            count += 1;
            let directory = document
                .rsplit_once('/')
                .map_or("", |(directory, _)| directory);
            let target = match file {
                "" => top().join(&document),
                file => top().join(directory).join(file),
            };
            assert!(target.exists(), "{document}: {link}");
            if !heading.is_empty() {
                let text = fs::read_to_string(target).expect("a document");
                let headings = text.lines().filter(|line| line.starts_with('#'));
                let mut anchors = headings.map(anchor);
                assert!(
                    anchors.any(|anchor| anchor == heading),
                    "{document}: {link}"
                );
            }
        }
    }
    assert!(count > 10, "only {count} links");
}

/// What is in parentheses after brackets.
fn links(text: &str) -> Vec<String> {
    let rest = text.split("](").skip(1);
    let links = rest.filter_map(|rest| rest.split_once(')'));
    links.map(|(link, _)| link.to_owned()).collect()
}

/// The name that forges give a heading.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = heading
        .chars()
        .filter(|of| of.is_alphanumeric() || " -_".contains(*of));
    kept.map(|of| if of == ' ' { '-' } else { of }).collect()
}

fn every_guide_is_linked_from_the_front_page() {
    let links = links(&read("README.md"));
    for guide in guides() {
        assert!(links.contains(&guide), "README.md does not link to {guide}");
    }
}

fn every_guide_is_installed() {
    let makefile = read("Makefile");
    for guide in guides() {
        assert!(makefile.contains(&guide), "make install leaves out {guide}");
    }
}
