"""The lists that the office of the demonstration municipality keeps: its offers and its templates."""

from datetime import date
from typing import Any

from participants.bulk import store
from participants.models import InterventionKind, NoteKind, NoteTemplate, Offer
from sundbyberg_am.models import User

from .fates import InterventionFate
from .texts import ADULT_EDUCATION, JOBCENTRE, MATCHING, MIA, NEXT_STEP, SUNDBAS, TEAM, WALKS
from .texts import OFFERS as USED

OPENED_ON = date(2021, 1, 1)
PROJECTS_UNTIL = date(2022, 12, 31)
NO_LIMIT = None

# Who provides what the city does not run itself, and what it is.
PROVIDERS = {
    MATCHING: "Arbetsförmedlingens leverantörer",
    SUNDBAS: "Samordningsförbundet",
    MIA: "Samordningsförbundet",
    ADULT_EDUCATION: "Vuxenutbildningen i Sundbyberg",
}
DESCRIPTIONS = {
    JOBCENTRE: "Öppet varje förmiddag, i grupp och enskilt.",
    MATCHING: "Stöd på väg till jobb hos en leverantör som deltagaren väljer.",
    SUNDBAS: "Arbetsträning i egen takt. Projekt till och med 2022.",
    MIA: "Arbetsträning och samtal för den som har stått länge utanför. Projekt till och med 2022.",
    WALKS: "En timme ute tre dagar i veckan, med en hälsocoach.",
    NEXT_STEP: "Tio träffar om att våga söka, med hemuppgifter.",
    TEAM: "Fyra myndigheter tittar tillsammans på vad som kan hjälpa vidare.",
}
# More than have ever been taken at once; the others have no limit.
PLACES = {
    (JOBCENTRE, InterventionKind.JOB_SEARCH): 60,
    (JOBCENTRE, InterventionKind.ORIENTATION_COURSE): 30,
    (SUNDBAS, InterventionKind.WORK_TRIAL): 30,
    (MIA, InterventionKind.WORK_TRIAL): 30,
    (NEXT_STEP, InterventionKind.OTHER): 12,
}
FULL = (JOBCENTRE, InterventionKind.JOB_SEARCH)  # has as many places as are taken today

TEMPLATES = {
    NoteKind.MEETING: "Vad har hänt sedan sist?\n\nStegen i planen\n\nÖverenskommet till nästa gång\n",
    NoteKind.CALL: "Vad gällde det?\n\nVad bestämdes?\n",
    NoteKind.CONTACT: "Vem pratade jag med?\n\nVad är överenskommet, och vem gör det?\n",
}

Catalogue = dict[tuple[str, str], Offer]


def open_catalogue(by: User) -> Catalogue:
    """Store every offer that is used, and the templates; by name and kind."""
    named = {(offer, kind): None for kind, offers in USED.items() for offer, *_ in offers if offer}
    offers = [
        Offer(
            name=name,
            kind=kind,
            provider=PROVIDERS.get(name, ""),
            audience=InterventionKind(kind).audience,
            places=PLACES.get((name, InterventionKind(kind)), NO_LIMIT),
            valid_from=OPENED_ON,
            valid_to=PROJECTS_UNTIL if name in (SUNDBAS, MIA) else None,
            description=DESCRIPTIONS.get(name, ""),
            changed_by=by,
        )
        for name, kind in named
    ]
    templates = [
        NoteTemplate(kind=kind, text=text, changed_by=by) for kind, text in TEMPLATES.items()
    ]
    store(offers, templates)
    return {(offer.name, offer.kind): offer for offer in offers}


def fill_up(catalogue: Catalogue, today: date) -> None:
    """Give one offer just the places that are taken today, so that it is full."""
    offer = catalogue[FULL]
    taken = Offer.objects.with_taken_on(today).get(pk=offer.pk).taken
    if taken:
        offer.places = taken
        offer.save(update_fields=["places"])


def what_and_where(catalogue: Catalogue, fate: InterventionFate) -> dict[str, Any]:
    """The kind of an intervention, its offer or provider, and its workplace, as fields."""
    offer = catalogue.get((fate.offer, fate.kind))
    return {
        "kind": fate.kind,
        "offer": offer,
        "provider": "" if offer else fate.workplace,
        "workplace": fate.workplace if offer else "",
    }
