import pytest

from deploy.play.scenario import Scenario, load, names


@pytest.fixture(scope="session", params=[name for name in names() if load(name).mix.filings])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Each scenario that prints figures of dossiers; those by unit are planned otherwise."""
    return load(request.param)


@pytest.fixture(scope="session")
def quang_nam() -> Scenario:
    return load("quang-nam-2019")


@pytest.fixture(scope="session")
def lien_thong() -> Scenario:
    return load("lien-thong")
