"""Every API call dayseal makes on Google Cloud: how often, and with which parameters beside the resource's name."""

from typing import Final

from dayseal.model.route.api_call import ApiCall

_PROJECT: Final = "once a project"
_FOLDER: Final = "once a folder above a project"
_ARCHIVE: Final = "once an archive"
_SEAL: Final = "when sealing"
_POLICY: Final = ("options",)
_SERIES: Final = (
    "filter",
    "interval.startTime",
    "interval.endTime",
    "aggregation.alignmentPeriod",
    "aggregation.perSeriesAligner",
)

API_CALLS: Final = (
    ApiCall(
        "cloudasset:searchAllResources",
        "once an organisation or folder of the settings, 500 clusters a page",
        ("assetTypes", "pageSize", "readMask"),
    ),
    ApiCall("container:clusters.list", _PROJECT),
    ApiCall("container:operations.list", _PROJECT),
    ApiCall("cloudresourcemanager:projects.get", f"{_PROJECT}, the archives' included"),
    ApiCall("cloudresourcemanager:folders.get", _FOLDER),
    ApiCall("cloudresourcemanager:projects.getIamPolicy", f"{_PROJECT}, the archives' included", _POLICY),
    ApiCall("cloudresourcemanager:folders.getIamPolicy", _FOLDER, _POLICY),
    ApiCall("cloudresourcemanager:organizations.getIamPolicy", "once an organisation", _POLICY),
    ApiCall(
        "logging:sinks.list",
        "once a project, folder and organisation, and a project that a sink sends entries to",
        ("filter", "pageSize"),
    ),
    ApiCall("logging:settings.get", "once a folder and organisation"),
    ApiCall("logging:buckets.list", _PROJECT, ("pageSize",)),
    ApiCall("logging:buckets.get", "once a log bucket elsewhere that a sink fills"),
    ApiCall(
        "logging:entries.list",
        "once 100 projects, folders and organisations, for errors of sinks; with `--changes` and when sealing twice"
        " more, for changes; where one of them refuses, again in halves",
        ("resource_names", "filter", "order_by", "page_size"),
    ),
    ApiCall("monitoring:timeSeries.list", "three times a project; when sealing four times", _SERIES),
    ApiCall("monitoring:alertPolicies.list", _PROJECT, ("pageSize",)),
    ApiCall("securitycentermanagement:securityCenterServices.list", _PROJECT),
    ApiCall("storage:buckets.get", _ARCHIVE, ("projection",)),
    ApiCall("storage:buckets.getIamPolicy", _ARCHIVE, ("optionsRequestedPolicyVersion",)),
    ApiCall(
        "storage:objects.list",
        f"a few times an archive; {_SEAL} once a folder and 1,000 objects",
        ("prefix", "delimiter", "fields", "versions", "projection"),
    ),
    ApiCall(
        "storage:objects.get",
        f"{_SEAL}: once a block of an object, and an object of the ledger",
        ("generation", "alt", "projection"),
    ),
    ApiCall("cloudkms:cryptoKeys.get", "once a customer's key of an archive"),
    ApiCall("storage:objects.insert", f"{_SEAL}: once an object of the ledger", ("x-goog-if-generation-match",)),
    ApiCall("storage:objects.rewrite", f"{_SEAL}: for `checkpoint` and the guard", ("x-goog-if-generation-match",)),
    ApiCall("cloudkms:cryptoKeyVersions.getPublicKey", f"{_SEAL}: once a key in Cloud KMS"),
    ApiCall(
        "cloudkms:cryptoKeyVersions.asymmetricSign",
        f"{_SEAL}: once a signature",
        ("digest", "digestCrc32c", "data", "dataCrc32c"),
    ),
)
