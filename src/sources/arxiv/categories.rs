//! arXiv's categories: which there are, and how they are asked for together.

use std::collections::BTreeSet;

/// Every archive with its classes; one without classes is a category itself.
const TAXONOMY: [(&str, &str); 20] = [
    ("astro-ph", "CO EP GA HE IM SR"),
    ("cond-mat", "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con"),
    (
        "cs",
        "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO \
         SC SD SE SI SY",
    ),
    ("econ", "EM GN TH"),
    ("eess", "AS IV SP SY"),
    ("gr-qc", ""),
    ("hep-ex", ""),
    ("hep-lat", ""),
    ("hep-ph", ""),
    ("hep-th", ""),
    (
        "math",
        "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    ),
    ("math-ph", ""),
    ("nlin", "AO CD CG PS SI"),
    ("nucl-ex", ""),
    ("nucl-th", ""),
    (
        "physics",
        "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph geo-ph \
         hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    ),
    ("q-bio", "BM CB GN MN NC OT PE QM SC TO"),
    ("q-fin", "CP EC GN MF PM PR RM ST TR"),
    ("quant-ph", ""),
    ("stat", "AP CO ME ML OT TH"),
];

/// The archives that OAI-PMH does not put under “physics”.
const OWN_GROUPS: [&str; 7] = ["cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"];

/// The categories that `name` means: itself, or all classes of an archive; none when arXiv does not know it.
///
/// Upper and lower case make no difference, as in arXiv's own addresses.
pub fn expand(name: &str) -> Vec<String> {
    let name = name.trim();
    let (archive, class) =
        name.split_once('.').map_or((name, None), |(archive, class)| (archive, Some(class)));
    let Some((archive, classes)) = TAXONOMY.iter().find(|(known, _)| known.eq_ignore_ascii_case(archive))
    else {
        return Vec::new();
    };
    let wanted = |known: &&str| class.is_none_or(|class| known.eq_ignore_ascii_case(class));
    match (classes.is_empty(), class) {
        (true, None) => vec![(*archive).to_owned()],
        (true, Some(_)) => Vec::new(),
        (false, _) => {
            classes.split_whitespace().filter(wanted).map(|class| format!("{archive}.{class}")).collect()
        }
    }
}

/// The categories that all these names mean together, in order and each once.
pub(super) fn expand_all<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    let all: BTreeSet<String> = names.into_iter().flat_map(|name| expand(name.as_ref())).collect();
    all.into_iter().collect()
}

/// The set of OAI-PMH that holds a category: `cs:cs:AI`, `physics:hep-th`, `physics:astro-ph:CO`.
pub fn oai_set(category: &str) -> String {
    let archive = category.split_once('.').map_or(category, |(archive, _)| archive);
    let group = if OWN_GROUPS.contains(&archive) { archive } else { "physics" };
    format!("{group}:{}", category.replace('.', ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_means_its_classes_and_an_unknown_name_nothing() {
        assert_eq!(expand("cs.cl"), ["cs.CL"]);
        assert_eq!(expand("hep-th"), ["hep-th"]);
        assert_eq!(expand("physics.Acc-Ph"), ["physics.acc-ph"]);
        assert_eq!((expand("cs").len(), expand("stat").len()), (40, 6));
        for unknown in ["", "cs.", "cs.XX", "hep-th.AA", "nowhere", "cs.CL+cs.AI"] {
            assert!(expand(unknown).is_empty(), "{unknown}");
        }
        assert_eq!(expand_all(["stat.ML", "cs.AI", "STAT.ml"]), ["cs.AI", "stat.ML"]);
        assert_eq!(expand_all(TAXONOMY.map(|(archive, _)| archive)).len(), 155);
    }

    #[test]
    fn a_set_of_the_harvest_is_named_with_its_group() {
        let sets = ["cs.AI", "hep-th", "astro-ph.CO", "physics.optics", "q-bio.BM"].map(oai_set);
        assert_eq!(
            sets,
            ["cs:cs:AI", "physics:hep-th", "physics:astro-ph:CO", "physics:physics:optics", "q-bio:q-bio:BM"]
        );
    }
}
