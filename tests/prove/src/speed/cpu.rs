use std::fs;

/// CPU-seconds of all threads of a process; with its ended children, if it has waited for any.
pub(super) fn of(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let Some((_, rest)) = stat.rsplit_once(") ") else {
        return 0.0;
    };
    let ticks: f64 = rest
        .split(' ')
        .skip(11)
        .take(4) // utime, stime, cutime, cstime, in hundredths of a second
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// The same of a process and the children that it has now.
pub(super) fn of_family(process: u32) -> f64 {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let living: f64 = children
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(of)
        .sum();
    living + of(process)
}

/// Of a process' memory, in megabytes: what is its own alone, and what it has when what it shares is divided
/// among those who share it.
pub(super) fn memory(process: u32) -> (f64, f64) {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let megabytes = |name: &str| {
        rollup
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .filter_map(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
            .sum::<f64>()
            / 1024.0
    };
    (
        megabytes("Private_Clean") + megabytes("Private_Dirty"),
        megabytes("Pss"),
    )
}
