//! The forms of the ARNs that actions are judged on, from the service authorization reference.
//!
//! The text has a line `@prefix` for each service, and below it a line for each form: the form, a tab, the actions.
//! `fixtures/access/distil_templates.py` makes it.

static TEXT: &str = include_str!("../../../../fixtures/access/arn-templates.txt");

/// The form of an action's resources, such as `arn:${Partition}:s3:::${BucketName}/${KeyName}`; `*` where none is known.
pub(super) fn of(action: &str) -> &'static str {
    let Some((service, name)) = action.split_once(':') else { return "*" };
    let mut lines = TEXT.lines();
    lines.by_ref().find(|line| line.strip_prefix('@').is_some_and(|prefix| prefix.eq_ignore_ascii_case(service)));
    let forms = lines.take_while(|line| !line.starts_with('@')).filter_map(|line| line.split_once('\t'));
    let mut forms = forms.filter(|(_, actions)| actions.split(' ').any(|known| known.eq_ignore_ascii_case(name)));
    forms.next().map_or("*", |(form, _)| form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_actions() {
        for (action, form) in [
            ("s3:getobject", "arn:${Partition}:s3:::${BucketName}/${KeyName}"),
            ("S3:ListBucket", "arn:${Partition}:s3:::${BucketName}"),
            ("sagemaker:CreateModel", "arn:${Partition}:sagemaker:${Region}:${Account}:model/${ModelName}"),
            ("iam:GetRole", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"),
            ("kms:Decrypt", "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"),
            ("ec2:DescribeInstances", "*"),
            ("s3:NoSuchAction", "*"),
            ("nosuchservice:X", "*"),
            ("nocolon", "*"),
        ] {
            assert_eq!(of(action), form, "{action}");
        }
    }
}
