"""The look-up API on one ledger, for all tests in this folder."""

from collections.abc import Iterator

import pytest

from support.lambda_runtime import Artifacts, build_artifacts
from support.lookup_api import Api
from support.lookup_world import calm, seal_three_days, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API on three sealed days."""
    with serving(seal_three_days(tmp_path_factory.mktemp("lookup"))) as api:
        yield api


@pytest.fixture
def api(served: Api) -> Api:
    """The API, honest and idle."""
    return calm(served)


@pytest.fixture
def blue(api: Api) -> str:
    """The path of cluster `blue`."""
    path = api.json("/clusters")["clusters"][0]["id"]
    assert isinstance(path, str)
    return path


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """What `sam build` would put into the cloud for this machine's kind of processor."""
    return build_artifacts(tmp_path_factory.mktemp("artifacts"))
