"""What `sam build` would make, once for all tests in this folder."""

import pytest

from support.lambda_runtime import Artifacts, build_artifacts


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """What `sam build` would put into the cloud for this machine's kind of processor."""
    return build_artifacts(tmp_path_factory.mktemp("artifacts"))
