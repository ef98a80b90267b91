//! Logs and metrics: AWS runs the job without them, so their lack is a warning.

use super::Check;
use crate::access::Question;
use crate::arn::partition_of;

const WRITE: [&str; 4] =
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];

/// Notes what the role lacks to write logs and metrics.
pub(super) fn write(check: &mut Check<'_, '_, '_>, log_group: &'static str) {
    let region = check.environment.region.as_str();
    let account = check.handover.account;
    let arn = format!("arn:{}:logs:{region}:{account}:log-group:{log_group}:log-stream:*", partition_of(region));
    for action in WRITE {
        check.wish(Question::new(action, arn.as_str()));
    }
    check.wish(Question::anywhere("cloudwatch:PutMetricData").with_key("cloudwatch:namespace", log_group));
}
