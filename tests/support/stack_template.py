"""CloudFormation templates as CloudFormation would read them: transformed, conditions decided, references resolved.

What a resource is called in the end is made up here (account 111122223333, eu-central-1), but consistently:
the bucket policy of the ledger and the role of the recorder speak of the same bucket.
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT: Final = Path(__file__).resolve().parents[2]
ACCOUNT: Final = "111122223333"
REGION: Final = "eu-central-1"
STACK: Final = "dayseal"
BREAK_GLASS: Final = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
FOUNDER: Final = f"arn:aws:iam::{ACCOUNT}:role/founder"
RUNNING: Final = {
    "BreakGlassArn": BREAK_GLASS,
    "LogKeyPublic": "A" * 59 + "=",
    "AttestorKeyPublic": "A" * 122 + "==",
    "AttestorId": "0123456789abcdef",
    "Schedules": "ENABLED",
}

_PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_ARNS: Final = {
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:{at}:alarm:{name}",
    "AWS::Events::EventBus": "arn:aws:events:{at}:event-bus/{name}",
    "AWS::Events::Rule": "arn:aws:events:{at}:rule/{name}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{STACK}-{{name}}",
    "AWS::IAM::OIDCProvider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{{name}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{STACK}-{{name}}",
    "AWS::KMS::Key": "arn:aws:kms:{at}:key/{name}",
    "AWS::KinesisFirehose::DeliveryStream": "arn:aws:firehose:{at}:deliverystream/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{at}:function:{name}",
    "AWS::Lambda::LayerVersion": "arn:aws:lambda:{at}:layer:{name}:1",
    "AWS::Logs::LogGroup": "arn:aws:logs:{at}:log-group:{name}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{at}:{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{at}:{name}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{at}:stateMachine:{name}",
}
_REF_IS_ARN: Final = frozenset(
    {"AWS::IAM::ManagedPolicy", "AWS::Lambda::LayerVersion", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}
)
_ABSENT: Final = object()
_PLACEHOLDER: Final = re.compile(r"\$\{([^!}][^}]*)\}")


@functools.cache
def source(name: str = "template.yaml") -> dict[str, Any]:
    """Read a template as it is written."""
    parsed: dict[str, Any] = yaml_parse((ROOT / name).read_text())
    return parsed


@functools.cache
def transformed(name: str = "template.yaml") -> dict[str, Any]:
    """Give the template as SAM hands it to CloudFormation; code lies where packaging would put it."""
    template: dict[str, Any] = yaml_parse((ROOT / name).read_text())
    if "Transform" not in template:
        return template
    places = [template.get("Globals", {}).get("Function", {})]
    places += [resource["Properties"] for resource in template["Resources"].values() if "Properties" in resource]
    for place in places:
        place.update(
            {field: "s3://packaged/code" for field in ("CodeUri", "ContentUri", "DefinitionUri") if field in place}
        )
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    done: dict[str, Any] = translator.translate(template, {})
    return done


class Stack:
    """A template with its parameters given: `resources[logical id]` as CloudFormation would make them."""

    def __init__(self, name: str = "template.yaml", **parameters: str) -> None:
        self._template = transformed(name)
        declared = self._template.get("Parameters", {})
        self.parameters = {key: str(parameters.get(key, one.get("Default"))) for key, one in declared.items()}
        self._all = self._template["Resources"]
        made = {key: one for key, one in self._all.items() if self._decided(one.get("Condition"))}
        self.resources: dict[str, dict[str, Any]] = {key: self._resolve(one) for key, one in made.items()}
        self.outputs: dict[str, Any] = {key: self._resolve(o) for key, o in self._template.get("Outputs", {}).items()}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the properties of every resource of a type, by logical id."""
        return {key: one.get("Properties", {}) for key, one in self.resources.items() if one["Type"] == kind}

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Give one resource's properties."""
        found: dict[str, Any] = self.resources[logical_id]["Properties"]
        return found

    def arn(self, logical_id: str) -> str:
        """Give a resource's ARN."""
        return _ARNS[self._all[logical_id]["Type"]].format(at=f"{REGION}:{ACCOUNT}", name=self._name(logical_id))

    def _name(self, logical_id: str) -> str:
        properties = self._all[logical_id].get("Properties", {})
        for field in ("Name", "TopicName", "LogGroupName", "StateMachineName", "DeliveryStreamName", "RoleName"):
            if field in properties:
                return str(self._resolve(properties[field]))
        return logical_id.lower() if self._all[logical_id]["Type"] == "AWS::S3::Bucket" else logical_id

    def _resolve(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [found for item in value if (found := self._resolve(item)) is not _ABSENT]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        pairs = ((key, self._resolve(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _ABSENT}

    def _call(self, name: str, argument: Any) -> Any:  # noqa: ANN401 - any JSON
        match name:
            case "Ref":
                return self._ref(argument)
            case "Fn::GetAtt":
                parts = argument if isinstance(argument, list) else argument.split(".")
                return self._attribute(parts[0], parts[1])
            case "Fn::Sub":
                text, more = argument if isinstance(argument, list) else (argument, {})
                filled = _PLACEHOLDER.sub(lambda found: str(self._filled(found[1], more)), text)
                return filled.replace("${!", "${")
            case "Fn::If":
                return self._resolve(argument[1] if self._decided(argument[0]) else argument[2])
            case "Fn::Join":
                return argument[0].join(str(self._resolve(item)) for item in self._resolve(argument[1]))
        raise NotImplementedError(f"{name}: the templates had none when this was written")

    def _filled(self, name: str, more: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        if name in more:
            return self._resolve(more[name])
        return self._attribute(*name.split(".")) if "." in name else self._ref(name)

    def _ref(self, name: str) -> Any:  # noqa: ANN401 - text, or that it is absent
        if name == "AWS::NoValue":
            return _ABSENT
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.parameters:
            listed = self._template["Parameters"][name]["Type"] == "CommaDelimitedList"
            return self.parameters[name].split(",") if listed else self.parameters[name]
        return self.arn(name) if self._all[name]["Type"] in _REF_IS_ARN else self._name(name)

    def _attribute(self, logical_id: str, attribute: str) -> str:
        return self.arn(logical_id) if attribute == "Arn" else f"{self._name(logical_id)}.{attribute}"

    def _decided(self, condition: Any) -> bool:  # noqa: ANN401 - a name, or a condition written out
        if condition is None:
            return True
        if isinstance(condition, str):
            return self._decided(self._template["Conditions"][condition])
        name, argument = next(iter(condition.items()))
        match name:
            case "Fn::Equals":
                return bool(str(self._resolve(argument[0])) == str(self._resolve(argument[1])))
            case "Fn::Not":
                return not self._decided(argument[0])
            case "Fn::Or":
                return any(self._decided(one) for one in argument)
            case "Fn::And":
                return all(self._decided(one) for one in argument)
            case "Condition":
                return self._decided(argument)
        raise NotImplementedError(f"{name}: the templates had none when this was written")
