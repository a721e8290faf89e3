import pytest

from deploy.play.scenario import Scenario, load, names


@pytest.fixture(scope="session", params=names())
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="session")
def quang_nam() -> Scenario:
    return load("quang-nam-2019")


@pytest.fixture(scope="session")
def lien_thong() -> Scenario:
    return load("lien-thong")
