//! Networks of EC2, and the file systems of EFS and FSx that are reached through them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::resource::resource_policy;
use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Malformed};
use crate::tag::Tag;

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpc {
    /// `vpc-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// Its addresses, where they are known.
    pub cidr_block: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its availability zone, `us-east-1a`.
    pub availability_zone: Option<String>,
    /// Its addresses, where they are known.
    pub cidr_block: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// Whose file system it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileSystemService {
    /// Amazon EFS.
    Efs,
    /// Amazon FSx.
    Fsx,
}

/// An EFS or FSx file system.
#[derive(Debug, Clone)]
pub struct FileSystem {
    /// The account that owns it.
    pub account: AccountId,
    /// Which service it is of.
    pub service: FileSystemService,
    /// `fs-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// The file system policy, which EFS alone has.
    pub policy: Option<Arc<AttachedPolicy>>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl FileSystem {
    /// `arn:aws:elasticfilesystem:region:account:file-system/id`, or `fsx`.
    pub fn arn(&self) -> String {
        let service = match self.service {
            FileSystemService::Efs => "elasticfilesystem",
            FileSystemService::Fsx => "fsx",
        };
        format!("arn:aws:{service}:{}:{}:file-system/{}", self.region, self.account, self.id)
    }

    /// Replaces or removes the file system policy.
    ///
    /// # Errors
    /// EFS would refuse the document.
    pub fn set_policy(&mut self, document: Option<&str>) -> Result<(), Malformed> {
        let name = format!("file system policy of {}", self.id);
        self.policy = document.map(|text| resource_policy(text, name, self.arn())).transpose()?;
        Ok(())
    }
}
