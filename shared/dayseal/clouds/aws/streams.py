"""What lies behind a subscription filter's destination: a Firehose stream, perhaps of another account."""

from typing import Any, Final

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.keys import Keys
from dayseal.clouds.aws.places import Place, place_of_arn
from dayseal.model.route import (
    Answer,
    Call,
    DeliveryStream,
    EncryptionKey,
    Known,
    Missing,
    Reason,
    StreamAnswer,
)
from dayseal.once import Once

_GONE: Final = {"ResourceNotFoundException": None}
_DESTINATION: Final = "destination:"
_STREAM: Final = "deliverystream/"


class Streams:
    """Looks streams up by the ARN that filters name, each once a run."""

    def __init__(self, calls: Calls, keys: Keys) -> None:
        self._calls = calls
        self._keys = keys
        self._answers: Once[str, Answer[DeliveryStream | None]] = Once()

    def behind(self, destination: str) -> StreamAnswer:
        """Give the stream behind a destination; one that is no Firehose stream is not asked about."""
        stream = self._answers.get(destination, lambda: self._resolve(destination))
        return StreamAnswer(destination, stream, self._key(stream))

    def _key(self, stream: Answer[DeliveryStream | None]) -> Answer[EncryptionKey | None] | None:
        if isinstance(stream, Missing) or stream.value is None or not stream.value.key:
            return None
        return self._keys.state(stream.value.key, place_of_arn(stream.value.arn) or Place("", ""))

    def _resolve(self, destination: str) -> Answer[DeliveryStream | None]:
        service, rest = [*destination.split(":", 5), "", "", "", "", "", ""][2:6:3]
        place = place_of_arn(destination)
        if place is not None and service == "logs" and rest.startswith(_DESTINATION):
            return self._logical(destination, place, rest.removeprefix(_DESTINATION))
        if place is not None and service == "firehose" and rest.startswith(_STREAM):
            return self._stream(destination, place, rest.removeprefix(_STREAM))
        call = Call("firehose", "DescribeDeliveryStream", destination or "no destination")
        return Missing(Reason.NOT_ASKED, call, "not a Firehose stream")

    def _logical(self, arn: str, place: Place, name: str) -> Answer[DeliveryStream | None]:
        call = Call("logs", "DescribeDestinations", arn)
        listed = self._calls.list(place, call, "destinations", DestinationNamePrefix=name)
        found = listed.answer(lambda items: next((i["targetArn"] for i in items if i["destinationName"] == name), None))
        if isinstance(found, Missing):
            return found
        return Known(None, call) if found.value is None else self._behind_target(found.value)

    def _behind_target(self, target: str) -> Answer[DeliveryStream | None]:
        # A destination's target is a stream, never another destination: no circle.
        if ":logs:" in target:
            call = Call("logs", "DescribeDestinations", target)
            return Missing(Reason.CONTRADICTORY, call, "a target that is a destination")
        return self.behind(target).stream

    def _stream(self, arn: str, place: Place, name: str) -> Answer[DeliveryStream | None]:
        call = Call("firehose", "DescribeDeliveryStream", arn)
        return self._calls.ask(place, call, _read, absent=_GONE, DeliveryStreamName=name)


def _read(found: Json) -> DeliveryStream:
    described = found["DeliveryStreamDescription"]
    target = described["Destinations"][0]
    s3: Json = target.get("ExtendedS3DestinationDescription") or {}
    processing = s3.get("ProcessingConfiguration") or {}
    processors: list[Any] = list(processing.get("Processors") or ()) if processing.get("Enabled") else []
    # With another destination S3 only takes what failed, or a backup: that is no archive.
    own = bool(s3) and not any(name.endswith("Description") and "S3" not in name for name in target)
    failure = described.get("FailureDescription") or {}
    return DeliveryStream(
        arn=described["DeliveryStreamARN"],
        status=described["DeliveryStreamStatus"],
        version_id=described["VersionId"],
        bucket=str(s3["BucketARN"]).rpartition(":")[2] if own else None,
        prefix=s3.get("Prefix") or "",
        error_prefix=s3.get("ErrorOutputPrefix") or "",
        processors=tuple(processor["Type"] for processor in processors),
        extracts_messages=any(map(_extracts, processors)),
        converts=(s3.get("DataFormatConversionConfiguration") or {}).get("Enabled") is True,
        role=s3.get("RoleARN") or "",
        key=((s3.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig") or {}).get("AWSKMSKeyARN") or "",
        failure=" ".join(filter(None, (failure.get("Type"), failure.get("Details")))),
    )


def _extracts(processor: Json) -> bool:
    parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor.get("Parameters") or ()}
    extracts = str(parameters.get("DataMessageExtraction", "")).lower() == "true"
    return extracts and str(processor["Type"]) == "CloudWatchLogProcessing"
