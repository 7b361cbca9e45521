import boto3
import pytest
from botocore import xform_name
from botocore.client import BaseClient

from dayseal.clouds.aws.models import cut_model, open_ordinary_session
from dayseal.clouds.aws.permissions import PERMISSIONS

_SERVICES = sorted({permission.call.partition(":")[0] for permission in PERMISSIONS})


@pytest.fixture(scope="module")
def lean() -> boto3.Session:
    """Give the session that Sessions opens by default."""
    return open_ordinary_session()


@pytest.fixture(scope="module")
def whole() -> boto3.Session:
    """Give boto3's own."""
    return boto3.Session()


def client_of(session: boto3.Session, service: str, region: str) -> BaseClient:
    """Make a client that nobody will call."""
    return session.client(service, region_name=region, aws_access_key_id="k", aws_secret_access_key="s")  # noqa: S106 - nobody's


@pytest.mark.parametrize("service", _SERVICES)
def test_every_call_of_the_table_can_be_made_as_with_the_whole_model(
    lean: boto3.Session, whole: boto3.Session, service: str
) -> None:
    """A shape that is cut by mistake would drop a field from an answer, and a missing field reads as off."""
    ours, theirs = (client_of(session, service, "eu-central-1").meta.service_model for session in (lean, whole))
    wanted = {p.call.partition(":")[2] for p in PERMISSIONS if p.call.startswith(f"{service}:")}
    assert set(ours.operation_names) == wanted & set(theirs.operation_names)
    for name in ours.operation_names:
        for way in ("input_shape", "output_shape"):
            mine, full = (getattr(model.operation_model(name), way) for model in (ours, theirs))
            assert (mine and list(mine.members)) == (full and list(full.members))
    for name in ours.shape_names:
        ours.shape_for(name)


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("service", _SERVICES)
def test_calls_go_where_boto_would_send_them(
    lean: boto3.Session, whole: boto3.Session, service: str, region: str
) -> None:
    """The list of endpoints is cut as well."""
    addresses = {client_of(session, service, region).meta.endpoint_url for session in (lean, whole)}
    assert len(addresses) == 1


def test_a_call_that_no_permission_names_is_not_there(lean: boto3.Session) -> None:
    """`doctor` can only name what the table holds, so nothing else must be callable."""
    assert not hasattr(client_of(lean, "s3", "eu-central-1"), xform_name("DeleteObject"))
    assert hasattr(client_of(lean, "sqs", "eu-central-1"), xform_name("SendMessage"))  # no service of the table


def test_shapes_that_hold_themselves_are_cut_too() -> None:
    """Models have circles."""
    shapes = {
        "In": {"type": "structure", "members": {"a": {"shape": "List"}}},
        "List": {"type": "list", "member": {"shape": "In"}},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Text": {"type": "string"},
        "Bad": {"type": "structure", "members": {}},
    }
    ask = {"input": {"shape": "In"}, "errors": [{"shape": "Bad"}]}
    operations = {"Ask": ask, "Other": {"output": {"shape": "Map"}}}
    model = {"metadata": {}, "operations": operations, "shapes": shapes}
    assert cut_model(model, ("Ask", "Absent"))["shapes"].keys() == {"In", "List", "Bad"}
    assert cut_model(model, ("Other",))["shapes"].keys() == {"Map", "Text"}
