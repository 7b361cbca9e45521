import json
import re
import tomllib
from typing import Any, Final

import pytest

from dayseal.cli.init import _places
from support.stack_template import BREAK_GLASS, FOUNDER, ROOT, RUNNING, Stack, source

TEMPLATES: Final = ("template.yaml", "infra/aws/reader.yaml", "infra/aws/archive.yaml", "infra/aws/federation.yaml")
GUIDE: Final = (ROOT / "docs" / "guides" / "aws.md").read_text()
REFERENCE: Final = (ROOT / "docs" / "reference" / "aws-templates.md").read_text()
GOOD: Final = {
    "AlarmEmail": ("", "ops@example.com"),
    "AttestorId": ("", RUNNING["AttestorId"]),
    "ArchiveBuckets": ("central-audit-logs", "dayseal-archive-*"),
    "AttestorKeyPublic": ("", RUNNING["AttestorKeyPublic"]),
    "BreakGlassArn": (BREAK_GLASS, "arn:aws-us-gov:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x/A_b"),
    "DaySchedule": ("cron(30 6 * * ? *)", "rate(1 day)"),
    "FounderArn": ("", FOUNDER),
    "LogKeyPublic": ("", RUNNING["LogKeyPublic"]),
    "OrganizationId": ("", "o-exampleorgid"),
    "TrailBucket": ("", "trail-logs"),
}
BAD: Final = {
    "AlarmEmail": ("ops", "a@b c"),
    "AttestorId": ("*", "0123456789ABCDEF", "0123456789abcdef0"),
    "ArchiveBuckets": ("", "*", "Upper"),
    "AttestorKeyPublic": ("AAAA", RUNNING["LogKeyPublic"]),
    "BreakGlassArn": ("", "*", "arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/a/b"),
    "DaySchedule": ("daily", "cron(0 6 * * ? *) and more", "rate(1 day)\n"),
    "FounderArn": ("*", "arn:aws:sts::111122223333:assumed-role/a/b"),
    "LogKeyPublic": ("AAAA", RUNNING["AttestorKeyPublic"]),
    "OrganizationId": ("*", "123456789012"),
    "TrailBucket": ("*", "a/b"),
}


def parameters(template: str) -> dict[str, dict[str, Any]]:
    """Give a template's parameters."""
    found: dict[str, dict[str, Any]] = source(template)["Parameters"]
    return found


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_parameter_says_what_it_takes_and_refuses_the_rest(template: str) -> None:
    """What is refused when it is typed needs no search for the reason of a failed deployment."""
    for name, one in parameters(template).items():
        assert one["Description"], name
        assert one["ConstraintDescription"], name
        bounds = {"AllowedPattern", "AllowedValues", "MinValue"} & set(one)
        assert bounds, name
        assert ("MinValue" in one) == ("MaxValue" in one), name
        pattern = one.get("AllowedPattern", "^.*$")
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        if "Default" in one and "AllowedPattern" in one:
            assert re.fullmatch(one["AllowedPattern"], one["Default"]), name
        if "Default" in one and "AllowedValues" in one:
            assert one["Default"] in one["AllowedValues"], name


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_pattern_takes_what_it_should_and_nothing_else(name: str) -> None:
    """CloudFormation matches the whole value."""
    pattern = parameters("template.yaml")[name]["AllowedPattern"]
    assert [value for value in GOOD[name] if not re.fullmatch(pattern, value)] == []
    assert [value for value in BAD[name] if re.fullmatch(pattern, value)] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_parameter_is_used_and_grouped(template: str) -> None:
    """A parameter that changes nothing is a promise that is not kept."""
    whole = source(template)
    rest = json.dumps({key: value for key, value in whole.items() if key not in {"Parameters", "Metadata"}})
    unused = [n for n in whole["Parameters"] if f'"Ref": "{n}"' not in rest and f"${{{n}}}" not in rest]
    assert unused == []
    groups = whole["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(whole["Parameters"])


def test_only_who_may_break_the_glass_has_to_be_said() -> None:
    """A first deployment asks one question."""
    assert [name for name, one in parameters("template.yaml").items() if "Default" not in one] == ["BreakGlassArn"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_reference_lists_every_parameter_with_its_default(template: str) -> None:
    """The table is generated (tools/docs_blocks.py); this holds it to the template."""
    section = REFERENCE.partition(f"## `{template}`")[2].partition("## ")[0]
    for name, one in parameters(template).items():
        row = next((line for line in section.splitlines() if line.startswith(f"| `{name}` |")), "")
        default = one.get("Default", "required")
        assert row, name
        assert f"`{default}`" in row or default in ("", "required"), row


def test_the_outputs_are_what_the_guide_types() -> None:
    """A newcomer copies them from the end of `sam deploy`."""
    outputs = Stack(**RUNNING).outputs
    assert outputs["LedgerUri"]["Value"] == "s3://ledgerbucket/"
    assert outputs["GuardUri"]["Value"] == "s3://guardbucket/"
    # init puts the ledger below the bucket it is given; the functions must look there, and one policy names a key.
    founded = _places(outputs["LedgerUri"]["Value"], outputs["GuardUri"]["Value"], "eu-central-1")
    told = Stack(**RUNNING).properties("RecorderFunction")["Environment"]["Variables"]
    assert founded is not None
    assert (founded.ledger_at, founded.guard_at) == (told["DAYSEAL_LEDGER"], told["DAYSEAL_GUARD"])
    assert outputs["TrustLevel"]["Value"].startswith("demo: one stack holds")
    assert set(re.findall(r"`(\w+(?:Uri|Url|Parameter|Policy|Principals|KeyArn|TopicArn|DayArn))`", GUIDE)) <= set(
        outputs
    )


def test_the_first_deployment_is_written_down() -> None:
    """`sam build && sam deploy --guided` with nothing but answers."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())["default"]
    assert config["global"]["parameters"]["stack_name"] == "dayseal"
    assert config["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    named = {"RoleName", "ManagedPolicyName", "UserName"}
    resources = source()["Resources"].values()
    assert not any(
        named & set(r["Properties"]) for r in resources if r["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}
    )
