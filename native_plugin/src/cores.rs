//! How many processor cores this process may use.
//!
//! The system's count of processors leaves out those that the process may not run on, and keeps to
//! a container's limit of processor time (cgroups, version 1 or 2). Two processors that share a core
//! share its multiplication units too, so kernels want one thread for both.

use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The cores that this process may use, at least 1. Looked up once.
pub fn usable() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| {
        let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
        let read = |path: &str| std::fs::read_to_string(path).ok();
        allowed_cores(read).map_or(processors, |cores| cores.min(processors))
    })
}

/// The cores of the processors that this process may run on, from the texts of Linux's files.
fn allowed_cores(read: impl Fn(&str) -> Option<String>) -> Option<usize> {
    let status = read("/proc/self/status")?;
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let cores: BTreeSet<u32> = list(allowed)?
        .into_iter()
        .map(|cpu| {
            let siblings =
                format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
            let first = read(&siblings).and_then(|text| list(&text)?.into_iter().min());
            first.unwrap_or(cpu)
        })
        .collect();
    Some(cores.len()).filter(|&count| count > 0)
}

/// The numbers of a list such as `0-3,8,10-11`.
fn list(text: &str) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    for range in text.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        // More processors than this are no list but a mistake.
        if last < first || last - first > 1 << 16 {
            return None;
        }
        numbers.extend(first..=last);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_numbers_and_ranges() {
        assert_eq!(list("0\n"), Some(vec![0]));
        assert_eq!(list("\t0-3,8,10-11\n"), Some(vec![0, 1, 2, 3, 8, 10, 11]));
        for wrong in ["", "a", "3-1", "1,,2", "0-", "-1", "0-99999999"] {
            assert_eq!(list(wrong), None, "{wrong}");
        }
    }

    /// A machine of `cores` cores with two processors each, `i` and `i + cores`.
    fn machine(cores: u32, allowed: &'static str) -> impl Fn(&str) -> Option<String> {
        move |path| {
            if path == "/proc/self/status" {
                return Some(format!(
                    "Name:\tdeno\nCpus_allowed:\tff\nCpus_allowed_list:{allowed}\n"
                ));
            }
            let cpu = path.strip_prefix("/sys/devices/system/cpu/cpu")?;
            let cpu: u32 = cpu.strip_suffix("/topology/thread_siblings_list")?.parse().ok()?;
            Some(format!("{},{}\n", cpu % cores, cpu % cores + cores))
        }
    }

    #[test]
    fn processors_of_one_core_count_once() {
        assert_eq!(allowed_cores(machine(8, "\t0-15")), Some(8));
        assert_eq!(allowed_cores(machine(8, "\t0-3")), Some(4));
        assert_eq!(allowed_cores(machine(8, "\t2,10")), Some(1));
        assert_eq!(allowed_cores(machine(8, "\t2,10,11")), Some(2));
    }

    #[test]
    fn without_files_nothing_is_known() {
        assert_eq!(allowed_cores(|_| None), None);
        assert_eq!(allowed_cores(|_| Some("Name:\tdeno\n".into())), None);
        assert_eq!(allowed_cores(machine(8, "\tnone")), None);
        // A processor whose core is unknown has one of its own.
        let status = |path: &str| {
            (path == "/proc/self/status").then(|| "Cpus_allowed_list:\t0-2\n".to_owned())
        };
        assert_eq!(allowed_cores(status), Some(3));
    }

    #[test]
    fn this_process_may_use_some() {
        assert!(usable() >= 1);
    }
}
