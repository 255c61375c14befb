"""Figures of what participants need, what there is for them, and what they think of it."""

from collections import Counter
from typing import Any

from participants.models import Offer
from participants.models.people import name_key

from .figure import Dimension, Figure, Measure, Member, Unit

NEEDS, SUPPLY, SURVEY = "Behov", "Utbud", "Deltagarnas omdöme"

# What an intervention is arranged by: an offer without a provider is the unit's own.
OWN_PROVIDER = Member("own", "Enheten själv")
OTHER_PROVIDER = Member("other", "Annan anordnare")
NO_OFFER = Member("none", "Utan anordnare")

OF_SUPPLY = (
    "En insats som inte blev av räknas inte. Ett erbjudande är individuellt eller generellt som det står i "
    "utbudet, och en insats utan erbjudande som dess slag. En anordnare som inte finns i utbudet står som "
    "annan anordnare."
)
LENGTH = (
    "Längden är från insatsens start till dess slut, eller så långt som man vet: till planerat slut eller "
    "periodens sista dag, det som är senast. Finns inte dagen tre månader senare gäller månadens sista dag."
)

OF_NEEDS_AND_SUPPLY = (
    Figure(
        "needs",
        NEEDS,
        "Deltagare med behov",
        Unit.PERSONS,
        Measure.COUNT,
        ("need",),
        "Deltagare vars senaste kartläggning visar behovet. Den senaste är den som skickades sist, "
        "till och med periodens sista dag, i en anvisning som har lett till en inskrivning av personen. "
        "Den som har flera behov räknas en gång i varje, men en gång totalt. Den som har kommit utan "
        "kartläggning, till exempel från Arbetsförmedlingen, räknas inte här.",
    ),
    Figure(
        "needs_unmet",
        NEEDS,
        "Deltagare med behov som ingen insats svarar mot",
        Unit.PERSONS,
        Measure.COUNT,
        ("need",),
        "Av deltagarna med behovet: de som inte har haft någon insats som svarar mot det på någon dag i "
        "perioden. En insats svarar mot det behov som står på den och mot de behov som dess slag svarar "
        "mot. En insats som inte blev av svarar inte mot något. Totalt räknas den som har minst ett sådant "
        "behov en gång.",
    ),
    Figure(
        "satisfaction_mean",
        SURVEY,
        "Deltagarnas omdöme, medelvärde",
        Unit.SCALE,
        Measure.MEAN,
        (),
        "Medelvärdet av alla betyg, från 1 till 5, i de enkätsvar som har kommit in i perioden. Varje svar "
        "har fem betyg: bemötande, inflytande, begriplighet, nytta och helhet. Svaren är anonyma och har "
        "bara månad. Därför finns inte kön i dem, och alla står under uppgift saknas.",
        of="satisfaction_answers",
    ),
    Figure(
        "satisfaction_answers",
        SURVEY,
        "Svar på enkäten",
        Unit.ANSWERS,
        Measure.COUNT,
        (),
        "Enkätsvar som har kommit in i perioden. Enkäten delas ut varje halvår och vid avslutet, och var och "
        "en svarar med en engångskod.",
    ),
    Figure(
        "offer_participants",
        SUPPLY,
        "Deltagare per erbjudande",
        Unit.PERSONS,
        Measure.COUNT,
        ("offer", "provider", "audience"),
        "Deltagare som har haft en insats i erbjudandet eller hos anordnaren minst en dag i perioden. Den "
        f"som har varit i flera räknas en gång i varje, men en gång totalt. {OF_SUPPLY}",
    ),
    Figure(
        "offer_interventions",
        SUPPLY,
        "Insatser per erbjudande",
        Unit.INTERVENTIONS,
        Measure.COUNT,
        ("offer", "provider", "audience"),
        f"Deltagarnas insatser med minst en dag i perioden. {OF_SUPPLY}",
    ),
    Figure(
        "offer_interventions_short",
        SUPPLY,
        "Korta insatser, högst tre månader",
        Unit.INTERVENTIONS,
        Measure.COUNT,
        ("offer", "provider", "audience"),
        f"Av insatserna: de som varar i högst tre kalendermånader. {LENGTH}",
    ),
    Figure(
        "offer_interventions_long",
        SUPPLY,
        "Långa insatser, mer än tre månader",
        Unit.INTERVENTIONS,
        Measure.COUNT,
        ("offer", "provider", "audience"),
        f"Av insatserna: de som varar i mer än tre kalendermånader. {LENGTH}",
    ),
)


def supply_dimensions() -> tuple[Dimension, Dimension]:
    """The office's offers, each by its number, and their providers, by name.

    A provider or a workplace that was written in a case is not named: it could point at somebody.
    """
    offers = Offer.objects.in_order()
    names = Counter(offer.name for offer in offers)
    providers = sorted({offer.provider for offer in offers if offer.provider}, key=name_key)
    others = (OTHER_PROVIDER, NO_OFFER)
    return (
        Dimension(
            "offer",
            "Erbjudande",
            (
                *(
                    Member(
                        f"offer-{offer.pk}",
                        offer.name
                        if names[offer.name] == 1
                        else f"{offer.name}, {offer.get_kind_display().lower()}",
                    )
                    for offer in offers
                ),
                *others,
            ),
        ),
        Dimension(
            "provider",
            "Anordnare",
            (*(Member(f"provider-{name}", name) for name in providers), OWN_PROVIDER, *others),
        ),
    )


def parts_across() -> list[dict[str, Any]]:
    """Counts that are the sum of other counts, in every group: shown all of them, each tells the others."""
    parts = ["offer_interventions_short", "offer_interventions_long"]
    return [{"figure": "offer_interventions", "parts": parts}]


def at_most() -> list[list[str]]:
    """Pairs of counts where the first is at most the second in every group."""
    return [
        ["needs_unmet", "needs"],
        ["needs", "participants"],
        ["offer_participants", "offer_interventions"],
    ]
