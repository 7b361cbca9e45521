"""A complete, unfiltered way to the archive."""

import dataclasses
from typing import Any

import pytest

from dayseal.checks.export_route import judge_export_route
from dayseal.checks.route_terms import Declared, RouteThresholds
from dayseal.model import Finding, Verdict
from dayseal.model.route import PolicyKind, StreamAnswer
from support.route_facts import (
    HEALTHY,
    PROMISED,
    STREAM,
    denied,
    known,
    log_group,
    policy,
    route,
    stream,
    way,
)

LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:ship"


def judged(**source: Any) -> Finding:  # noqa: ANN401 - any field of the source
    """Judge the healthy route with some facts replaced."""
    return judge_export_route(route(**source), PROMISED)


def filtered(**fields: Any) -> Finding:  # noqa: ANN401 - any field of a filter
    """Judge a route whose only filter is this one."""
    return judged(filters=known((way(**fields),)))


def behind(**fields: Any) -> Finding:  # noqa: ANN401 - any field of a stream
    """Judge a route whose stream is this one."""
    return judged(streams=(stream(**fields),))


def test_an_empty_pattern_to_an_active_stream_into_the_archive_passes() -> None:
    """Every hop is a fact that the reader can ask for again."""
    finding = judge_export_route(HEALTHY, PROMISED)
    assert finding.verdict is Verdict.PASS
    assert {fact.field for fact in finding.facts} >= {"filters", "filter.0", "stream.0", "accountPolicies"}
    assert len({fact.id for fact in finding.facts}) == len(finding.facts)


def test_a_filtered_export_fails_with_its_pattern() -> None:
    """A filter that keeps writes only leaves reads of Secrets out of the archive."""
    finding = filtered(pattern='{ $.verb != "get" }')
    assert finding.verdict is Verdict.FAIL
    assert "a record of get secrets" in finding.summary
    assert "--filter-pattern '' --destination-arn" in finding.fix


@pytest.mark.parametrize("fields", [{"pattern": "[a, b]"}, {"field_selection": '@aws.region = "x"'}])
def test_a_filter_we_cannot_decide_is_unknown_with_its_text(fields: dict[str, Any]) -> None:
    """Neither proven complete nor shown to drop anything."""
    finding = filtered(**fields)
    assert finding.verdict is Verdict.UNKNOWN
    assert next(iter(fields.values())) in finding.summary


def test_no_filter_fails_and_says_how_to_make_one() -> None:
    """The log group fills up and nothing leaves it."""
    finding = judged(filters=known(()))
    assert finding.verdict is Verdict.FAIL
    assert "has no subscription filter, and no account policy covers it" in finding.summary
    assert finding.fix.startswith("aws logs put-subscription-filter --region eu-central-1")


def test_a_deleted_log_group_is_named_as_the_cause() -> None:
    """Its filters went with it."""
    assert "does not exist" in judged(filters=known(()), log_group=known(None)).summary


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "DELETING"}, "is DELETING, ACTIVE promised"),
        ({"bucket": "other"}, "writes to other"),
        ({"bucket": None}, "something other than S3"),
        ({"prefix": "gke/"}, "s3://central-audit/eks/ promised"),
    ],
)
def test_a_stream_that_leads_elsewhere_or_nowhere_fails(fields: dict[str, Any], words: str) -> None:
    """The filter looks healthy; what lies behind it decides."""
    finding = behind(**fields)
    assert finding.verdict is Verdict.FAIL
    assert words in finding.summary
    assert finding.fix.startswith("aws firehose ")


def test_a_deleted_stream_fails_and_an_unread_one_is_unknown() -> None:
    """That there is none is an answer; a refusal is not."""
    assert judged(streams=(StreamAnswer(STREAM, known(None)),)).verdict is Verdict.FAIL
    finding = judged(streams=(StreamAnswer(STREAM, denied("firehose:DescribeDeliveryStream", STREAM)),))
    assert finding.verdict is Verdict.UNKNOWN
    assert "permission firehose:DescribeDeliveryStream missing" in finding.summary


def test_processors_that_may_drop_records_are_unknown() -> None:
    """A Lambda in the stream may do anything; unpacking and joining drop nothing."""
    assert behind(processors=("Lambda",)).verdict is Verdict.UNKNOWN
    assert behind(converts=True).verdict is Verdict.UNKNOWN
    finding = behind(processors=("Decompression", "CloudWatchLogProcessing"), extracts_messages=True)
    assert finding.verdict is Verdict.PASS
    assert "unattributed" in finding.summary


def test_a_prefix_with_an_expression_is_compared_as_far_as_it_is_fixed() -> None:
    """Firehose fills in the rest."""
    assert behind(prefix="eks/!{timestamp:yyyy}/").verdict is Verdict.PASS
    assert behind(prefix="!{partitionKeyFromQuery:cluster}/").verdict is Verdict.UNKNOWN


def test_another_service_is_unknown_unless_the_settings_name_what_lies_behind() -> None:
    """Declared is shown as declared, never as proven."""
    facts = route(filters=known((way(destination=LAMBDA),)))
    assert judge_export_route(facts, PROMISED).verdict is Verdict.UNKNOWN
    thresholds = RouteThresholds(destinations=(Declared(LAMBDA, "the SIEM's archive"),))
    finding = judge_export_route(facts, thresholds)
    assert finding.verdict is Verdict.PASS
    assert "the SIEM's archive (declared, not proven)" in finding.summary


def test_an_account_policy_that_covers_the_group_is_a_way() -> None:
    """A group without a filter of its own may still be exported."""
    document = {"DestinationArn": STREAM, "FilterPattern": "", "RoleArn": "x"}
    found = judged(filters=known(()), account_policies=known((policy(PolicyKind.SUBSCRIPTION, document),)))
    assert found.verdict is Verdict.PASS
    excluded = policy(PolicyKind.SUBSCRIPTION, document, 'LogGroupName NOT IN ["/aws/eks/prod/cluster"]')
    assert judged(filters=known(()), account_policies=known((excluded,))).verdict is Verdict.FAIL
    unclear = policy(PolicyKind.SUBSCRIPTION, document, "something new")
    assert judged(filters=known(()), account_policies=known((unclear,))).verdict is Verdict.UNKNOWN


def test_denied_filters_or_policies_are_unknown_never_none() -> None:
    """A missing fact is never an empty list."""
    assert judged(filters=denied("logs:DescribeSubscriptionFilters")).verdict is Verdict.UNKNOWN
    finding = judged(filters=known(()), account_policies=denied("logs:DescribeAccountPolicies"))
    assert finding.verdict is Verdict.UNKNOWN


def test_transformed_records_are_not_what_the_api_server_wrote() -> None:
    """The switch means nothing without a transformer, and with one it changes the evidence."""
    ways = known((way(on_transformed=True),))
    assert judged(filters=ways).verdict is Verdict.PASS
    assert judged(filters=ways, transformer=known("parseJSON, deleteKeys")).verdict is Verdict.FAIL
    transforming = known((policy(PolicyKind.TRANSFORMER, {}),))
    assert judged(filters=ways, account_policies=transforming).verdict is Verdict.FAIL
    assert judged(filters=ways, transformer=denied("logs:GetTransformer")).verdict is Verdict.UNKNOWN


def test_masking_is_said_and_decides_nothing() -> None:
    """It changes values and drops no record."""
    finding = judged(log_group=log_group(400, data_protection="ACTIVATED"))
    assert finding.verdict is Verdict.PASS
    assert "may mask values" in finding.summary


def test_without_an_archive_nothing_can_be_compared() -> None:
    """The stream writes somewhere; whether that is the archive nobody said."""
    facts = dataclasses.replace(HEALTHY, archive=None)
    assert judge_export_route(facts, PROMISED).verdict is Verdict.UNKNOWN


def test_one_complete_way_is_enough_and_the_other_is_named() -> None:
    """Two filters may stand on one group."""
    finding = judged(filters=known((way("writes", '{ $.verb != "get" }'), way())))
    assert finding.verdict is Verdict.PASS
    assert "beside it, not complete: filter writes" in finding.summary


def test_a_cluster_that_is_no_more_has_nothing_to_export() -> None:
    """Its archive stays in scope."""
    assert judged(cluster=known(None)).verdict is Verdict.NOT_APPLICABLE
