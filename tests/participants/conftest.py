"""Who is signed in on the pages of participants, and the case that they are about."""

import pytest

from tests.builders import a_participant, a_user, an_enrolment

from .reading import START


@pytest.fixture
def kim():
    return a_user(name="Kim Konsulent")


@pytest.fixture
def client(as_user, kim):
    """Signed in as the consultant Kim."""
    return as_user(kim)


@pytest.fixture
def case(kim):
    """A case of Kim's."""
    person = a_participant(first_name="Karl", last_name="Wåhlin-Ström af Ekenstam")
    return an_enrolment(START, participant=person, consultant=kim)
