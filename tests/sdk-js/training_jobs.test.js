// Training jobs through `@aws-sdk/client-sagemaker`: refused, granted, waited for, listed, tagged, failed, throttled.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PutUserPolicyCommand } from "@aws-sdk/client-iam";
import * as sagemaker from "@aws-sdk/client-sagemaker";
import { ACCOUNT, Endpoint, REGION } from "./endpoint.js";

const BEN = { accessKeyId: "AKIAEXAMPLEBEN000000", secretAccessKey: "ben/local/secret/for/the/seeds/world0000" };
const ROLE = `arn:aws:iam::${ACCOUNT}:role/TeamRole`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const arn = (name) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:training-job/${name}`;

function job(name, members = {}) {
  const source = { S3DataType: "S3Prefix", S3Uri: "s3://inputbucket/train/" };
  return new sagemaker.CreateTrainingJobCommand({
    TrainingJobName: name,
    RoleArn: ROLE,
    AlgorithmSpecification: {
      TrainingImage: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/my-repo:latest`,
      TrainingInputMode: "File",
    },
    InputDataConfig: [{ ChannelName: "train", DataSource: { S3DataSource: source } }],
    OutputDataConfig: { S3OutputPath: "s3://outputbucket/path" },
    ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    ...members,
  });
}

/** The error of a call that must be refused. */
async function refused(call) {
  const error = await call.then(
    () => assert.fail("the call was accepted"),
    (error) => error,
  );
  assert.ok(error instanceof sagemaker.SageMakerServiceException, String(error));
  assert.equal(error.$fault, "client");
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.match(error.$metadata.requestId, UUID);
  return error;
}

/** An endpoint on which nothing happens by itself, and Ben, who may use SageMaker but pass no role. */
let endpoint, ben;

before(async () => {
  endpoint = await Endpoint.start("seeds/pass-role", "--pace", "manual");
  ben = endpoint.sagemaker(BEN);
});

after(() => endpoint?.stop());

test("a create without iam:PassRole is refused, explained, and accepted once the policy is written", async () => {
  const error = await refused(ben.send(job("story")));
  assert.equal(error.name, "AccessDeniedException");
  assert.equal(
    error.message,
    `User: arn:aws:iam::${ACCOUNT}:user/ben is not authorized to perform: iam:PassRole on resource: ${ROLE} ` +
      "because no identity-based policy allows the iam:PassRole action",
  );
  const trace = await endpoint.control("GET", `decisions/${error.$metadata.requestId}`);
  const missing = trace.questions.map((question) => question.missingStatement).find(Boolean);
  assert.deepEqual([missing.Effect, missing.Action, missing.Resource], ["Allow", "iam:PassRole", ROLE]);

  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [missing] });
  const put = new PutUserPolicyCommand({ UserName: "ben", PolicyName: "PassTeamRole", PolicyDocument });
  assert.equal((await endpoint.iam().send(put)).$metadata.httpStatusCode, 200);

  const created = await ben.send(job("story", { Tags: [{ Key: "team", Value: "speech" }] }));
  assert.equal(created.TrainingJobArn, arn("story"));
  assert.equal(created.$metadata.attempts, 1);
});

test("the waiter follows the job to its end", async () => {
  const describe = new sagemaker.DescribeTrainingJobCommand({ TrainingJobName: "story" });
  assert.equal((await ben.send(describe)).TrainingJobStatus, "InProgress");
  const settings = { client: ben, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  const waiting = sagemaker.waitUntilTrainingJobCompletedOrStopped(settings, { TrainingJobName: "story" });
  await endpoint.control("POST", "clock", { advance: "PT2H" });
  assert.equal((await waiting).state, "SUCCESS");

  const shown = await ben.send(describe);
  assert.equal(shown.TrainingJobStatus, "Completed");
  assert.equal(shown.RoleArn, ROLE);
  assert.equal(shown.ModelArtifacts.S3ModelArtifacts, "s3://outputbucket/path/story/output/model.tar.gz");
  assert.ok(shown.CreationTime instanceof Date && shown.TrainingEndTime >= shown.TrainingStartTime);
  assert.equal(shown.SecondaryStatusTransitions.at(-1).Status, "Completed");
});

test("tags are added, listed and deleted", async () => {
  const ResourceArn = arn("story");
  const listed = async () => (await ben.send(new sagemaker.ListTagsCommand({ ResourceArn }))).Tags;
  assert.deepEqual(await listed(), [{ Key: "team", Value: "speech" }]);
  await ben.send(new sagemaker.AddTagsCommand({ ResourceArn, Tags: [{ Key: "stage", Value: "test" }] }));
  assert.deepEqual(new Set((await listed()).map((tag) => tag.Key)), new Set(["team", "stage"]));
  await ben.send(new sagemaker.DeleteTagsCommand({ ResourceArn, TagKeys: ["team"] }));
  assert.deepEqual(await listed(), [{ Key: "stage", Value: "test" }]);
});

test("the paginator sees every job once", async () => {
  const names = Array.from({ length: 7 }, (_, number) => `page-${number}`);
  for (const name of names) await ben.send(job(name));
  const request = { NameContains: "page-", SortBy: "Name", SortOrder: "Ascending" };
  const sizes = [];
  const seen = [];
  for await (const page of sagemaker.paginateListTrainingJobs({ client: ben, pageSize: 3 }, request)) {
    sizes.push(page.TrainingJobSummaries.length);
    seen.push(...page.TrainingJobSummaries.map((summary) => summary.TrainingJobName));
  }
  assert.deepEqual(sizes, [3, 3, 1]);
  assert.deepEqual(seen, names);
});

test("modelled errors have their class, others their name", async () => {
  const twice = await refused(ben.send(job("story")));
  assert.ok(twice instanceof sagemaker.ResourceInUse, twice.name);
  assert.equal(
    twice.message,
    "Training job names must be unique within an AWS account and region, and a training job with this name already " +
      `exists (${arn("story")})`,
  );

  const tuning = { HyperParameterTuningJobName: "absent" };
  const missing = await refused(ben.send(new sagemaker.DescribeHyperParameterTuningJobCommand(tuning)));
  assert.ok(missing instanceof sagemaker.ResourceNotFound, missing.name);

  const absent = await refused(ben.send(new sagemaker.DescribeTrainingJobCommand({ TrainingJobName: "absent" })));
  assert.deepEqual([absent.name, absent.message], ["ValidationException", "Requested resource not found."]);

  const malformed = await refused(ben.send(job("-not-a-name")));
  assert.equal(malformed.name, "ValidationException");
  assert.match(malformed.message, /^1 validation error detected: Value '-not-a-name' at 'trainingJobName' failed/);

  const forged = endpoint.sagemaker({ ...BEN, secretAccessKey: "another" });
  assert.equal((await refused(forged.send(job("forged")))).name, "InvalidSignatureException");
  const unknown = endpoint.sagemaker({ ...BEN, accessKeyId: "AKIAEXAMPLENOBODY000" });
  assert.equal((await refused(unknown.send(job("unknown")))).name, "UnrecognizedClientException");
});

test("the waiter gives up on a job that fails", async () => {
  const rules = [{ kind: "TrainingJob", name: "failing", status: "Failed", exitMessage: "out of memory" }];
  await endpoint.control("PUT", "outcomes", { rules });
  await ben.send(job("failing"));
  await endpoint.control("POST", "clock", { advance: "PT2H" });
  const settings = { client: ben, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  const waiting = sagemaker.waitUntilTrainingJobCompletedOrStopped(settings, { TrainingJobName: "failing" });
  const error = await waiting.then(
    () => assert.fail("the waiter succeeded"),
    (error) => error,
  );
  const { state, reason } = JSON.parse(error.message);
  assert.equal(state, "FAILURE");
  assert.match(reason.FailureReason, /^AlgorithmError: .*out of memory/);
});

test("a throttled call is tried again", async () => {
  await endpoint.control("PUT", "outcomes", { rules: [{ operation: "CreateTrainingJob", times: 2 }] });
  const patient = endpoint.sagemaker(BEN, { maxAttempts: 3 });
  assert.equal((await patient.send(job("throttled"))).$metadata.attempts, 3);
  await endpoint.control("PUT", "outcomes", { rules: [{ operation: "CreateTrainingJob", times: 1 }] });
  const error = await refused(ben.send(job("throttled-once")));
  assert.deepEqual([error.name, error.message], ["ThrottlingException", "Rate exceeded"]);
});
