"""A Firehose stream as the last hop: does it write whole records into the archive?"""

from typing import Final

from dayseal.checks.route_words import Opinion, aws, fix_missing, worst
from dayseal.model import Verdict
from dayseal.model.route import Answer, ArchiveFacts, DeliveryStream, Missing

# They unpack and join records and drop none. A Lambda processor may do anything.
_HARMLESS: Final = frozenset(
    {"Decompression", "CloudWatchLogProcessing", "AppendDelimiterToRecord", "RecordDeAggregation"}
)


def judge_stream(
    answer: Answer[DeliveryStream | None], destination: str, archive: ArchiveFacts | None, region: str
) -> Opinion:
    """Judge the stream behind one destination: there, ACTIVE, into the archive's bucket and prefix, nothing dropped."""
    if isinstance(answer, Missing):
        needs = f", permission {answer.permission} missing" if answer.permission else ""
        return Opinion(Verdict.UNKNOWN, f"{answer.text}{needs}", fix_missing([answer]))
    stream = answer.value
    if stream is None:
        said = f"destination {destination} does not exist, an active stream promised"
        return Opinion(Verdict.FAIL, said, aws("firehose create-delivery-stream", region=region))
    return worst([_state(stream, region), _bucket(stream, archive, region), _processing(stream, region)])


def writes_into(stream: DeliveryStream, archive: ArchiveFacts) -> bool | None:
    """Say whether the stream writes under the archive's prefix; None where an expression decides it."""
    if stream.bucket is None or stream.bucket != archive.name:
        return False
    # Firehose fills in what stands between !{ and }.
    fixed = stream.prefix.partition("!{")[0]
    if fixed.startswith(archive.prefix):
        return True
    return None if "!{" in stream.prefix and archive.prefix.startswith(fixed) else False


def _state(stream: DeliveryStream, region: str) -> Opinion:
    if stream.status == "ACTIVE":
        envelope = ", which drops the log group from each record (unattributed)" if stream.extracts_messages else ""
        return Opinion(Verdict.PASS, f"to {stream.arn} (ACTIVE, version {stream.version_id}){envelope}")
    because = f" ({stream.failure})" if stream.failure else ""
    said = f"stream {stream.arn} is {stream.status}{because}, ACTIVE promised"
    return Opinion(Verdict.FAIL, said, _describe(stream, region))


def _bucket(stream: DeliveryStream, archive: ArchiveFacts | None, region: str) -> Opinion:
    if archive is None:
        said = f"stream {stream.arn} writes to {stream.bucket or 'no bucket'}, and the settings name no archive"
        return Opinion(Verdict.UNKNOWN, said, "name the archive in the settings")
    wrong = (
        f"stream {stream.arn} writes to {stream.bucket or 'something other than S3'} under {stream.prefix!r}, "
        f"archive {archive.uri} promised"
    )
    fits = writes_into(stream, archive)
    if fits is None:
        return Opinion(Verdict.UNKNOWN, f"whether this fits cannot be decided: {wrong}", _describe(stream, region))
    return Opinion(Verdict.PASS, "") if fits else Opinion(Verdict.FAIL, wrong, _redirect(stream, archive, region))


def _processing(stream: DeliveryStream, region: str) -> Opinion:
    doubtful = [kind for kind in stream.processors if kind not in _HARMLESS]
    if stream.converts:
        doubtful.append("a conversion into another format")
    if not doubtful:
        return Opinion(Verdict.PASS, "")
    said = f"stream {stream.arn} runs {', '.join(doubtful)} over the records, which may drop or change some"
    return Opinion(Verdict.UNKNOWN, said, _describe(stream, region))


def _describe(stream: DeliveryStream, region: str) -> str:
    name = stream.arn.rpartition("/")[2]
    return aws("firehose describe-delivery-stream", region=region, delivery_stream_name=name)


def _redirect(stream: DeliveryStream, archive: ArchiveFacts, region: str) -> str:
    return aws(
        "firehose update-destination",
        region=region,
        delivery_stream_name=stream.arn.rpartition("/")[2],
        current_delivery_stream_version_id=stream.version_id,
        destination_id="destinationId-000000000001",
        extended_s3_destination_update=f"BucketARN=arn:aws:s3:::{archive.name},Prefix={archive.prefix}",
    )
