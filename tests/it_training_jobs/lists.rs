//! ListTrainingJobs: filters, sorts, pages and their boundaries. Facts I.2 and I.3.

use passrole::settings::Pace;
use serde_json::{Value, json};

use crate::laboratory::{Laboratory, ann, job_named, job_with, root};

/// Ten jobs, ten seconds apart: job-0 to job-9; job-3 is stopped.
fn ten() -> (Laboratory, f64) {
    let laboratory = Laboratory::new(&[], |settings| settings.pace = Pace::Manual);
    let mut first = 0.0;
    for number in 0..10 {
        laboratory.ask("CreateTrainingJob", &job_named(&format!("job-{number}")), "");
        if number == 0 {
            let job = laboratory.ask("DescribeTrainingJob", &json!({ "TrainingJobName": "job-0" }), "");
            first = job["CreationTime"].as_f64().unwrap();
        }
        laboratory.advance(10);
    }
    laboratory.ask("StopTrainingJob", &json!({ "TrainingJobName": "job-3" }), "");
    (laboratory, first)
}

fn names(answer: &Value) -> String {
    let summaries = answer["TrainingJobSummaries"].as_array().unwrap();
    summaries.iter().map(|job| job["TrainingJobName"].as_str().unwrap().trim_start_matches("job-")).collect()
}

#[test]
fn filters_and_sorts() {
    let (laboratory, first) = ten();
    let at = |seconds: f64| json!(first + seconds);
    let table: Vec<(Value, &str)> = vec![
        (json!({}), "0123456789"),
        (json!({ "SortOrder": "Descending" }), "9876543210"),
        (json!({ "SortBy": "Name" }), "0123456789"),
        (json!({ "SortBy": "Name", "SortOrder": "Descending" }), "9876543210"),
        (json!({ "SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": 3 }), "012"),
        (json!({ "SortBy": "Status" }), "0124567893"),
        (json!({ "SortBy": "Status", "SortOrder": "Descending" }), "3987654210"),
        (json!({ "NameContains": "job-4" }), "4"),
        (json!({ "NameContains": "-" }), "0123456789"),
        (json!({ "NameContains": "nothing" }), ""),
        (json!({ "StatusEquals": "InProgress" }), "012456789"),
        (json!({ "StatusEquals": "Stopping" }), "3"),
        (json!({ "StatusEquals": "Completed" }), ""),
        (json!({ "CreationTimeAfter": at(20.0) }), "3456789"),
        (json!({ "CreationTimeBefore": at(20.0) }), "01"),
        (json!({ "CreationTimeAfter": at(19.999) }), "23456789"),
        (json!({ "CreationTimeBefore": at(20.001) }), "012"),
        (json!({ "CreationTimeAfter": at(10.0), "CreationTimeBefore": at(40.0) }), "23"),
        (json!({ "CreationTimeAfter": at(40.0), "CreationTimeBefore": at(10.0) }), ""),
        // job-1 has gone on to another phase since, and so has job-4.
        (json!({ "LastModifiedTimeAfter": at(99.0) }), "134"),
        (json!({ "NameContains": "job", "StatusEquals": "InProgress", "CreationTimeAfter": at(50.0) }), "6789"),
        (json!({ "WarmPoolStatusEquals": "Available" }), ""),
    ];
    for (input, expected) in table {
        assert_eq!(names(&laboratory.ask("ListTrainingJobs", &input, "")), expected, "{input}");
    }
    for (input, expected) in [
        (json!({ "MaxResults": 0 }), "ValidationException: Member must have value greater than or equal to 1"),
        (json!({ "MaxResults": 101 }), "ValidationException: Member must have value less than or equal to 100"),
        (
            json!({ "SortBy": "Size" }),
            "ValidationException: at 'sortBy' failed to satisfy constraint: Member must satisfy enum value set",
        ),
        (json!({ "NameContains": "a_b" }), "ValidationException: at 'nameContains' failed"),
        (json!({ "NameContains": "a".repeat(64) }), "ValidationException: at 'nameContains' failed"),
        (json!({ "StatusEquals": "Running" }), "ValidationException: at 'statusEquals' failed"),
        (json!({ "NextToken": "nonsense" }), "ValidationException"),
        (json!({ "NextToken": "" }), "ValidationException"),
    ] {
        laboratory.ask("ListTrainingJobs", &input, expected);
    }
}

#[test]
fn pages() {
    for (sort, order) in [
        ("Name", "Ascending"),
        ("Name", "Descending"),
        ("CreationTime", "Ascending"),
        ("CreationTime", "Descending"),
        ("Status", "Ascending"),
        ("Status", "Descending"),
    ] {
        let (laboratory, _) = ten();
        let input = json!({ "SortBy": sort, "SortOrder": order, "MaxResults": 4 });
        let whole = names(&laboratory.ask("ListTrainingJobs", &json!({ "SortBy": sort, "SortOrder": order }), ""));
        let mut found = String::new();
        let mut next = input.clone();
        let mut sizes = Vec::new();
        loop {
            let page = laboratory.ask("ListTrainingJobs", &next, "");
            found += &names(&page);
            sizes.push(names(&page).len());
            match page["NextToken"].as_str() {
                Some(token) => next["NextToken"] = json!(token),
                None => break,
            }
        }
        assert_eq!((found.as_str(), sizes.as_slice()), (whole.as_str(), [4, 4, 2].as_slice()), "{sort} {order}");
    }
}

#[test]
fn a_page_token_goes_on_where_it_ended() {
    let (laboratory, _) = ten();
    let page = laboratory.ask("ListTrainingJobs", &json!({ "MaxResults": 5 }), "");
    let token = page["NextToken"].clone();
    assert_eq!(names(&page), "01234");
    laboratory.ask("CreateTrainingJob", &job_named("job-a"), "");
    let root = root("000000000000");
    laboratory.advance(10_000);
    laboratory.ask_as(&root, "DeleteTrainingJob", &json!({ "TrainingJobName": "job-4" }), "");
    laboratory.ask_as(&root, "DeleteTrainingJob", &json!({ "TrainingJobName": "job-5" }), "");
    let rest = laboratory.ask("ListTrainingJobs", &json!({ "NextToken": token, "MaxResults": 3 }), "");
    assert_eq!(names(&rest), "678");
    let end = laboratory.ask("ListTrainingJobs", &json!({ "NextToken": rest["NextToken"], "MaxResults": 100 }), "");
    assert_eq!((names(&end).as_str(), end.get("NextToken")), ("9a", None));

    let misuse = [
        json!({ "NextToken": token, "SortOrder": "Descending" }),
        json!({ "NextToken": token, "NameContains": "job" }),
        json!({ "NextToken": format!("{}x", token.as_str().unwrap()) }),
    ];
    for input in misuse {
        laboratory.ask("ListTrainingJobs", &input, "ValidationException: Invalid pagination token");
    }
    let mut elsewhere = ann();
    elsewhere.region = "eu-west-1";
    laboratory.ask_as(&elsewhere, "ListTrainingJobs", &json!({ "NextToken": token }), "ValidationException");
}

#[test]
fn a_page_is_ten_where_nobody_says() {
    let (laboratory, _) = ten();
    laboratory.ask("CreateTrainingJob", &job_named("job-b"), "");
    let page = laboratory.ask("ListTrainingJobs", &json!({}), "");
    assert_eq!(names(&page).len(), 10);
    assert!(page["NextToken"].is_string());
    let all = laboratory.ask("ListTrainingJobs", &json!({ "MaxResults": 100 }), "");
    assert_eq!((names(&all).len(), all.get("NextToken")), (11, None));
}

#[test]
fn a_summary() {
    let laboratory = Laboratory::new(&[], |_| {});
    laboratory.ask("CreateTrainingJob", &job_with(&[]), "");
    let list = laboratory.ask("ListTrainingJobs", &json!({}), "");
    let summary = list["TrainingJobSummaries"][0].as_object().unwrap();
    for member in [
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
    ] {
        assert!(summary.contains_key(member), "{member} of {summary:?}");
    }
    assert!(!summary.contains_key("RoleArn"));
}
