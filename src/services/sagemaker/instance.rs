//! Instance types.

/// Families whose instances bring NVMe storage of their own, which takes no customer key.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html>, `VolumeKmsKeyId`.
const LOCAL_STORAGE: [&str; 22] = [
    "c5d",
    "c6gd",
    "c6id",
    "g4dn",
    "g5",
    "g6",
    "g6e",
    "m5d",
    "m6gd",
    "m6id",
    "p3dn",
    "p4d",
    "p4de",
    "p5",
    "p5e",
    "p5en",
    "p6-b200",
    "p6e-gb200",
    "r5d",
    "trn1",
    "trn1n",
    "trn2",
];

/// Whether instances of this type, such as `ml.g5.xlarge`, keep data on NVMe storage of their own.
pub(super) fn has_local_storage(instance_type: &str) -> bool {
    let family = instance_type.split('.').nth(1).unwrap_or_default();
    LOCAL_STORAGE.contains(&family)
}

#[cfg(test)]
mod tests {
    use super::has_local_storage;

    #[test]
    fn families() {
        for (instance_type, local) in [("ml.g5.xlarge", true), ("ml.m5.xlarge", false), ("ml.p4d.24xlarge", true)] {
            assert_eq!(has_local_storage(instance_type), local, "{instance_type}");
        }
    }
}
