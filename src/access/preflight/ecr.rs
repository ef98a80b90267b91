//! Pulling a container image from Amazon ECR.

use super::{Check, Missing};
use crate::access::{Clause, Question, Stage, registry};
use crate::account::AccountId;

/// What the pull of an image takes on its repository.
const PULL: [&str; 3] = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/// `account.dkr.ecr.region.amazonaws.com/repository:tag` or `…@sha256:digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUri {
    /// The registry.
    pub account: AccountId,
    /// The region of the registry.
    pub region: String,
    /// The repository, slashes and all.
    pub repository: String,
    /// The tag, `latest` where none is given.
    pub tag: String,
    /// The digest, where the image is named by it.
    pub digest: Option<String>,
}

impl ImageUri {
    /// Takes the URI apart; `None` where it does not name a private ECR repository.
    pub fn parse(uri: &str) -> Option<ImageUri> {
        let (host, path) = uri.split_once('/')?;
        let host = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
        let (account, region) = host.split_once(".dkr.ecr.").or_else(|| host.split_once(".dkr.ecr-fips."))?;
        let (path, digest) = match path.split_once('@') {
            Some((path, digest)) => (path, Some(digest.to_owned())),
            None => (path, None),
        };
        let (repository, tag) = path.split_once(':').unwrap_or((path, "latest"));
        let account = account.parse().ok()?;
        (!repository.is_empty() && !region.is_empty()).then(|| ImageUri {
            account,
            region: region.to_owned(),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
            digest,
        })
    }

    fn repository_arn(&self) -> String {
        let partition = crate::arn::partition_of(&self.region);
        format!("arn:{partition}:ecr:{}:{}:repository/{}", self.region, self.account, self.repository)
    }
}

/// The role must be allowed to pull the image, the image must be there, and its repository must let the role in.
pub(super) fn image(check: &mut Check<'_, '_, '_>, uri: &str, through_vpc: bool) -> Result<(), Missing> {
    let image = match ImageUri::parse(uri) {
        Some(image) => image,
        None if through_vpc => return Ok(()),
        None => {
            return Err(Missing::Thing(format!(
                "Invalid image URI {uri}. Please provide a valid Amazon Elastic Container Registry path of the Docker \
                 image to run."
            )));
        }
    };
    if check.at(check.need.stage) {
        let owner = owner(check, &image)?;
        for action in PULL {
            let mut question =
                Question::new(action, image.repository_arn()).with_key("aws:ResourceAccount", image.account.as_str());
            // SageMaker's own registries let everybody in: only the role's side is left to ask.
            question.resource_account = owner.or(Some(check.handover.account));
            check.require(question)?;
        }
    }
    if check.at(Stage::Start) {
        let mut question = Question::new("ecr:GetAuthorizationToken", "*");
        question.clause = Clause::Arn;
        check.require(question)?;
    }
    Ok(())
}

/// The account whose policies guard the image; `None` for the registries that SageMaker opens to everybody.
fn owner(check: &Check<'_, '_, '_>, image: &ImageUri) -> Result<Option<AccountId>, Missing> {
    if let Some(repository) = check.judge.world.repository(image.account, &image.region, &image.repository) {
        let found = match &image.digest {
            Some(digest) => repository.image_digests.contains(digest),
            None => repository.image_tags.contains(&image.tag),
        };
        if found || check.assumes() {
            return Ok(Some(repository.account));
        }
        let digest = image.digest.as_deref().unwrap_or("null");
        let tag = if image.digest.is_some() { "null" } else { &image.tag };
        return Err(Missing::Thing(format!(
            "The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the repository \
             with name '{}' in the registry with id '{}'",
            image.repository, image.account
        )));
    }
    if registry::is_sagemakers(image.account) {
        return Ok(None);
    }
    if check.assumes() {
        return Ok(Some(image.account));
    }
    Err(Missing::Thing(format!(
        "The repository with name '{}' does not exist in the registry with id '{}'",
        image.repository, image.account
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_an_image_uri() {
        let image = ImageUri::parse("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/train:v1").unwrap();
        assert_eq!(
            (image.region.as_str(), image.repository.as_str(), image.tag.as_str()),
            ("eu-west-1", "team/train", "v1")
        );
        assert_eq!(image.repository_arn(), "arn:aws:ecr:eu-west-1:111122223333:repository/team/train");
        let image = ImageUri::parse("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/r@sha256:ab").unwrap();
        assert_eq!((image.tag.as_str(), image.digest.as_deref()), ("latest", Some("sha256:ab")));
        for wrong in ["my-image", "docker.io/library/python:3", "1.dkr.ecr.us-east-1.amazonaws.com/r", "r:latest"] {
            assert_eq!(ImageUri::parse(wrong), None, "{wrong}");
        }
    }
}
