"""The look-up API of each cloud on one ledger, for all tests in this folder."""

from collections.abc import Iterator

import pytest

from support.lookup_clouds import AnyApi
from support.lookup_world import seal_three_days, serving, serving_on_azure, serving_on_gcp


@pytest.fixture(scope="module", params=["aws", "gcp", "azure"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyApi]:
    """The API on three sealed days."""
    world = seal_three_days(tmp_path_factory.mktemp("lookup"))
    if request.param == "aws":
        with serving(world) as api:
            yield api
        return
    if request.param == "azure":
        with serving_on_azure(world, tmp_path_factory.mktemp("source")) as api:
            yield api
        return
    pytest.importorskip("functions_framework", reason="the functions framework is not installed")
    with serving_on_gcp(world, tmp_path_factory.mktemp("source")) as api:
        yield api


@pytest.fixture
def api(served: AnyApi) -> AnyApi:
    """The API, honest and idle."""
    served.calm()
    return served


@pytest.fixture
def blue(api: AnyApi) -> str:
    """The path of cluster `blue`."""
    path = api.json("/clusters")["clusters"][0]["id"]
    assert isinstance(path, str)
    return path
