"""Every API call dayseal makes on AWS: how often, and with which parameters."""

from typing import Final

from dayseal.model.route.api_call import ApiCall

_RUN: Final = "once a run"
_PLACE: Final = "once an account and Region"
_CLUSTER: Final = "once a cluster"
_STREAM: Final = "once a Firehose stream"
_ARCHIVE: Final = "once an archive"
_SEAL: Final = "when sealing"
_BUCKET: Final = ("Bucket",)
_OBJECT: Final = ("Bucket", "Key", "VersionId", "ExpectedBucketOwner")

API_CALLS: Final = (
    ApiCall("sts:GetCallerIdentity", _RUN),
    ApiCall("organizations:ListAccounts", f"{_RUN}, if `organization` is set"),
    ApiCall("sts:AssumeRole", "once an account that is not ours", ("RoleArn", "RoleSessionName", "ExternalId")),
    ApiCall("eks:ListClusters", f"{_PLACE}, 100 clusters a page", ("maxResults",)),
    ApiCall("eks:DescribeCluster", _CLUSTER, ("name",)),
    ApiCall("logs:DescribeLogGroups", f"{_PLACE}, 50 log groups a page", ("logGroupNamePrefix",)),
    ApiCall("logs:DescribeAccountPolicies", "four times an account and Region, each kind by itself", ("policyType",)),
    ApiCall("logs:DescribeSubscriptionFilters", _CLUSTER, ("logGroupName",)),
    ApiCall("logs:GetTransformer", "once a cluster of which transformed records are exported", ("logGroupIdentifier",)),
    ApiCall("logs:DescribeDestinations", "once a destination that filters name", ("DestinationNamePrefix",)),
    ApiCall("logs:DescribeExportTasks", _PLACE),
    ApiCall("firehose:DescribeDeliveryStream", _STREAM, ("DeliveryStreamName",)),
    ApiCall("cloudwatch:ListMetrics", "three times an account and Region", ("Namespace", "MetricName")),
    ApiCall(
        "cloudwatch:GetMetricData",
        "twice an account and Region, for the last hour and the last day; 500 counters a request",
        ("MetricDataQueries", "StartTime", "EndTime"),
    ),
    ApiCall("cloudwatch:DescribeAlarms", _PLACE, ("AlarmTypes",)),
    ApiCall("guardduty:ListDetectors", _PLACE),
    ApiCall("guardduty:GetDetector", "once a detector", ("DetectorId",)),
    ApiCall(
        "cloudtrail:LookupEvents",
        "with `--changes` and when sealing: once an event name and page, two a second in an account and Region",
        ("LookupAttributes", "StartTime", "EndTime", "MaxResults"),
    ),
    ApiCall("s3:HeadBucket", "once an account that may own the archive", ("Bucket", "ExpectedBucketOwner")),
    ApiCall("s3:GetObjectLockConfiguration", _ARCHIVE, _BUCKET),
    ApiCall("s3:GetBucketVersioning", _ARCHIVE, _BUCKET),
    ApiCall("s3:GetBucketLifecycleConfiguration", _ARCHIVE, _BUCKET),
    ApiCall("s3:GetPublicAccessBlock", _ARCHIVE, _BUCKET),
    ApiCall("s3:GetBucketPolicy", _ARCHIVE, _BUCKET),
    ApiCall("s3:GetBucketEncryption", _ARCHIVE, _BUCKET),
    ApiCall("s3:GetBucketReplication", _ARCHIVE, _BUCKET),
    ApiCall("kms:DescribeKey", "once a customer's key of an archive, a stream or a log group", ("KeyId",)),
    ApiCall(
        "s3:ListObjectsV2",
        "a few times a stream's prefix; with `trail`, once a day of log files",
        ("Bucket", "Prefix", "Delimiter", "StartAfter"),
    ),
    ApiCall(
        "s3:ListObjectVersions",
        f"{_SEAL}: once a folder and 1,000 objects",
        ("Bucket", "Prefix", "ExpectedBucketOwner"),
    ),
    ApiCall(
        "s3:GetObject", f"{_SEAL}: once an object; with `trail`, once a log file", (*_OBJECT, "Range", "ChecksumMode")
    ),
    ApiCall(
        "s3:PutObject", f"{_SEAL}: once an object of the ledger", ("Bucket", "Key", "Body", "IfNoneMatch", "IfMatch")
    ),
    ApiCall("s3:HeadObject", f"{_SEAL}: once an object whose lock the listing does not show", _OBJECT),
    ApiCall("s3:GetObjectRetention", "never; S3 leaves locks out of answers without this right"),
    ApiCall("kms:Decrypt", "never; S3 does it for us"),
    ApiCall("kms:GetPublicKey", f"{_SEAL}: once a key in KMS", ("KeyId",)),
    ApiCall("kms:Sign", f"{_SEAL}: once a signature", ("KeyId", "Message", "MessageType", "SigningAlgorithm")),
)
