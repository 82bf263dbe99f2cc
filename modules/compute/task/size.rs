//! CPU and memory of a task: the pairs that Fargate offers.
/// The memory sizes of one CPU size that have no even steps.
struct Offer {
    /// CPU units; 1024 are one virtual CPU.
    cpu: i64,
    /// The sizes in MiB.
    memory: &'static [i64],
}

/// What Fargate offers on Linux, as far as the memory does not go in even steps
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size>).
const SMALL: [Offer; 3] = [
    Offer { cpu: 256, memory: &[512, 1024, 2048] },
    Offer { cpu: 512, memory: &[1024, 2048, 3072, 4096] },
    Offer { cpu: 32_768, memory: &[61_440, 122_880, 249_856] },
];

/// The sizes whose memory goes in even steps: CPU units, and from, to and step in MiB.
const STEPPED: [(i64, i64, i64, i64); 5] = [
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
];

/// The CPU and memory of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// CPU units; 1024 are one virtual CPU.
    pub cpu: i64,
    /// MiB.
    pub memory: i64,
}

impl Size {
    /// Whether Fargate offers it.
    pub fn is_offered(self) -> bool {
        memory_sizes(self.cpu).contains(&self.memory)
    }

    /// The offered sizes next to one that is not offered: the nearest memory at this CPU, and the
    /// smallest CPU that takes this memory. At least one.
    pub fn nearest(self) -> Vec<Self> {
        let cpus = cpu_sizes();
        let by_distance = |cpu: &&i64| ((**cpu - self.cpu).abs(), **cpu);
        let at_cpu = cpus.iter().min_by_key(by_distance).and_then(|cpu| {
            let sizes = memory_sizes(*cpu).into_iter();
            let memory = sizes.min_by_key(|memory| ((memory - self.memory).abs(), *memory))?;
            Some(Self { cpu: *cpu, memory })
        });
        let at_memory = cpus
            .iter()
            .map(|cpu| Self { cpu: *cpu, memory: self.memory })
            .filter(|size| size.is_offered())
            .min_by_key(|size| ((size.cpu - self.cpu).abs(), size.cpu));
        let mut sizes: Vec<Self> = at_cpu.into_iter().chain(at_memory).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// What to write instead of a size that is not offered.
    pub fn remedy(self) -> String {
        let pair = |size: &Self| format!("cpu = {} with memory = {}", size.cpu, size.memory);
        let pairs: Vec<String> = self.nearest().iter().map(pair).collect();
        format!("Fargate offers {}", pairs.join(" or "))
    }
}

/// The smallest memory that goes with a CPU size; of one that is not offered, 512.
pub fn smallest_memory(cpu: i64) -> i64 {
    memory_sizes(cpu).first().copied().unwrap_or(512)
}

/// The smallest CPU that goes with a memory size; of one that is not offered, 256.
pub fn smallest_cpu(memory: i64) -> i64 {
    let offered = |cpu: &i64| Size { cpu: *cpu, memory }.is_offered();
    cpu_sizes().into_iter().find(offered).unwrap_or(256)
}

fn cpu_sizes() -> Vec<i64> {
    let small = SMALL.iter().map(|offer| offer.cpu);
    let mut sizes: Vec<i64> = small.chain(STEPPED.iter().map(|(cpu, ..)| *cpu)).collect();
    sizes.sort_unstable();
    sizes
}

fn memory_sizes(cpu: i64) -> Vec<i64> {
    if let Some(offer) = SMALL.iter().find(|offer| offer.cpu == cpu) {
        return offer.memory.to_vec();
    }
    let Some((_, from, to, step)) = STEPPED.into_iter().find(|(known, ..)| *known == cpu) else {
        return Vec::new();
    };
    (0..=(to - from) / step).map(|number| from + number * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn pairs_are_offered_or_not() {
        for (cpu, memory, offered) in [
            (256, 512, true),
            (256, 3072, false),
            (512, 512, false),
            (512, 4096, true),
            (1024, 8192, true),
            (1024, 9216, false),
            (4096, 30_720, true),
            (8192, 20_480, true),
            (8192, 17_408, false),
            (16_384, 122_880, true),
            (32_768, 249_856, true),
            (300, 512, false),
        ] {
            assert_eq!(Size { cpu, memory }.is_offered(), offered, "{cpu} {memory}");
        }
    }

    #[test]
    fn the_nearest_pairs_are_named() {
        let size = Size { cpu: 512, memory: 8192 };
        let expected = [Size { cpu: 512, memory: 4096 }, Size { cpu: 1024, memory: 8192 }];
        assert_eq!(size.nearest(), expected);
        assert_eq!(
            size.remedy(),
            "Fargate offers cpu = 512 with memory = 4096 or cpu = 1024 with memory = 8192"
        );
        assert_eq!((smallest_memory(2048), smallest_cpu(16_384)), (4096, 2048));
    }

    proptest! {
        #[test]
        fn the_nearest_pairs_are_always_offered(cpu in 0i64..40_000, memory in 0i64..300_000) {
            let nearest = Size { cpu, memory }.nearest();
            prop_assert!(!nearest.is_empty());
            prop_assert!(nearest.into_iter().all(Size::is_offered));
        }
    }
}
