"""The catalogue of figures: what each is called, by what it is given, and how it is counted, in words.

A figure's code never changes meaning. When a definition must change, the figure gets a new code, and
approved reports keep the old one. `counting.py` follows the definitions that stand here.
"""

from typing import Any

from participants.models import (
    Audience,
    Education,
    ExitCount,
    ExitReason,
    Initiator,
    InterventionKind,
    Level,
    Need,
)
from participants.progress import Direction

from .figure import UNKNOWN, Dimension, Figure, Measure, Member, Unit
from .figures_of_supply import NEEDS, OF_NEEDS_AND_SUPPLY, SUPPLY, SURVEY, supply_dimensions

# Band and the ages at its two ends; whoever is older or younger is in `other`.
AGE_BANDS = (("16-24", 16), ("25-34", 25), ("35-44", 35), ("45-54", 45), ("55-65", 55))
AGE_ABOVE = 66

SEXES = (
    Member("all", "Alla"),
    Member("women", "Kvinnor"),
    Member("men", "Män"),
    UNKNOWN,
)


def all_dimensions() -> dict[str, Dimension]:
    """Every dimension by its key. The exit reasons are the office's, so they are read from the database."""
    reasons = ExitReason.objects.values_list("code", "label")
    found = (
        Dimension("level", "Nivå", (*(Member(code, code) for code in Level.values), UNKNOWN)),
        Dimension(
            "age",
            "Ålder",
            (
                *(Member(band, f"{band.replace('-', '–')} år") for band, _ in AGE_BANDS),
                Member("other", "Annan ålder"),
                UNKNOWN,
            ),
        ),
        Dimension("education", "Utbildning", _members(Education.choices)),
        Dimension("initiator", "Anvisare", _members(Initiator.choices)),
        Dimension("reason", "Avslutsorsak", _members(list(reasons))),
        Dimension(
            "outcome",
            "Svar på anvisningen",
            (
                Member("accepted", "Mottagen"),
                Member("returned", "Återlämnad"),
                Member("withdrawn", "Återkallad"),
                Member("pending", "Inte besvarad"),
            ),
        ),
        Dimension("kind", "Insats", _members(InterventionKind.choices)),
        Dimension("audience", "Insatsens målgrupp", _members(Audience.choices)),
        Dimension(
            "kas_class",
            "KAS-klass",
            (
                Member("A", "A – arbete"),
                Member("B", "B – studier"),
                Member("C", "C – annan myndighet eller aktör"),
                Member("D", "D – åter beställare"),
                Member("E", "E – övrigt"),
                Member("unconfirmed", "Inte bekräftat"),
                UNKNOWN,
            ),
        ),
        Dimension(
            "length",
            "Tid som inskriven",
            (
                Member("up-to-6", "Högst 6 månader"),
                Member("6-12", "Mer än 6 till 12 månader"),
                Member("12-24", "Mer än 12 till 24 månader"),
                Member("over-24", "Mer än 24 månader"),
            ),
        ),
        Dimension("direction", "Riktning", _members(Direction.choices)),
        Dimension("need", "Behov", _members(Need.choices)),
        *supply_dimensions(),
    )
    return {dimension.key: dimension for dimension in found}


def sums_across() -> list[dict[str, Any]]:
    """Where the numerator of a share is the sum of some members of another figure."""
    counts = [ExitCount.WORK, ExitCount.STUDIES]
    reasons = ExitReason.objects.that_count_as(counts).values_list("code", flat=True)
    return [
        {
            "figure": "work_or_studies_share",
            "of": "exits",
            "dimension": "reason",
            "members": list(reasons),
        },
        {
            "figure": "kas_work_or_studies_share",
            "of": "kas_exits",
            "dimension": "kas_class",
            "members": ["A", "B"],
        },
    ]


def _members(choices: list[tuple[str, str]]) -> tuple[Member, ...]:
    return tuple(Member(code, label) for code, label in choices)


PEOPLE, FLOWS, TIMES = "Deltagare", "Inskrivna och avslut", "Tider"
REFERRALS, INTERVENTIONS, PROGRESS, KAS = "Anvisningar", "Insatser", "Utveckling", "KAS"
DATA = "Uppgifter"
SECTIONS = (
    PEOPLE,
    FLOWS,
    TIMES,
    REFERRALS,
    NEEDS,
    INTERVENTIONS,
    SUPPLY,
    PROGRESS,
    SURVEY,
    KAS,
    DATA,
)

CATALOGUE = (
    Figure(
        "participants",
        PEOPLE,
        "Deltagare",
        Unit.PERSONS,
        Measure.COUNT,
        ("level", "age", "education", "initiator"),
        "Personer som har varit inskrivna minst en dag i perioden. Var och en räknas en gång, med nivå och "
        "anvisare från sin senaste inskrivning i perioden. Nivån är den som gällde på periodens sista "
        "dag, eller vid avslutet om det kom före. Åldern är den på periodens sista dag.",
    ),
    Figure(
        "enrolments_started",
        FLOWS,
        "Nya inskrivningar",
        Unit.ENROLMENTS,
        Measure.COUNT,
        ("level", "age"),
        "Inskrivningar som har börjat i perioden. Den som har skrivits in två gånger räknas två gånger. "
        "Nivån är den första som registrerades i inskrivningen.",
    ),
    Figure(
        "exits",
        FLOWS,
        "Avslut",
        Unit.ENROLMENTS,
        Measure.COUNT,
        ("reason", "level", "age"),
        "Inskrivningar som har avslutats i perioden. Den som har avslutats två gånger räknas två gånger. "
        "Nivån är den som gällde vid avslutet.",
    ),
    Figure(
        "exit_share",
        FLOWS,
        "Avslut efter orsak",
        Unit.SHARE,
        Measure.SHARE_OF_ALL,
        ("reason",),
        "Avslut med orsaken, som andel av alla avslut i perioden.",
        of="exits",
    ),
    Figure(
        "work_or_studies_share",
        FLOWS,
        "Avslut till arbete eller studier",
        Unit.SHARE,
        Measure.SHARE,
        ("level", "age"),
        "Avslut med en orsak som räknas som arbete eller studier, som andel av alla avslut i perioden. "
        "De räknas även när de inte är bekräftade. Nivån är den som gällde vid avslutet.",
        of="exits",
    ),
    Figure(
        "weeks_enrolled_median",
        TIMES,
        "Veckor som inskriven, median",
        Unit.WEEKS,
        Measure.MEDIAN,
        ("level", "age", "reason"),
        "Tiden från inskrivning till avslut, för avsluten i perioden: dagarna delade med sju. Medianen är "
        "det mittersta värdet, eller medelvärdet av de två mittersta. Nivån är den som gällde vid avslutet.",
        of="exits",
    ),
    Figure(
        "weeks_enrolled_mean",
        TIMES,
        "Veckor som inskriven, medelvärde",
        Unit.WEEKS,
        Measure.MEAN,
        ("level", "age"),
        "Tiden från inskrivning till avslut, för avsluten i perioden: dagarna delade med sju. Nivån är den "
        "som gällde vid avslutet.",
        of="exits",
    ),
    Figure(
        "ongoing",
        FLOWS,
        "Pågående inskrivningar",
        Unit.ENROLMENTS,
        Measure.COUNT,
        ("level", "age"),
        "Inskrivningar som har börjat senast på periodens sista dag och som är öppna eller slutar efter den. "
        "Nivån är den som gällde på periodens sista dag.",
    ),
    Figure(
        "weeks_so_far_median",
        TIMES,
        "Veckor hittills, median",
        Unit.WEEKS,
        Measure.MEDIAN,
        ("level", "age"),
        "Tiden från inskrivning till periodens sista dag, för de pågående inskrivningarna: dagarna delade "
        "med sju. Nivån är den som gällde på periodens sista dag.",
        of="ongoing",
    ),
    Figure(
        "ongoing_10_months",
        FLOWS,
        "Pågående i tio månader eller mer",
        Unit.ENROLMENTS,
        Measure.COUNT,
        ("level",),
        "Pågående inskrivningar som har nått tio kalendermånader på periodens sista dag. Då kan ärendet tas "
        "upp i Kompetensteamet. Finns inte dagen i den månaden gäller månadens sista dag. Nivån är den som "
        "gällde på periodens sista dag.",
    ),
    Figure(
        "referrals",
        REFERRALS,
        "Anvisningar",
        Unit.REFERRALS,
        Measure.COUNT,
        ("level", "initiator", "outcome"),
        "Anvisningar som har skickats i perioden, med nivån som skickades. Den som har anvisats två gånger "
        "räknas två gånger. Svaret är det som fanns på periodens sista dag.",
    ),
    Figure(
        "referral_to_decision_days_median",
        REFERRALS,
        "Dagar från anvisning till svar, median",
        Unit.DAYS,
        Measure.MEDIAN,
        (),
        "Dagar från att anvisningen skickades till att den togs emot eller återlämnades, för anvisningar som "
        "har besvarats i perioden.",
    ),
    Figure(
        "referral_to_start_days_median",
        REFERRALS,
        "Dagar från anvisning till start, median",
        Unit.DAYS,
        Measure.MEDIAN,
        ("level",),
        "Dagar från att anvisningen skickades till inskrivningens första dag, för nya inskrivningar i "
        "perioden som kom av en anvisning. Nivån är den första som registrerades i inskrivningen.",
    ),
    Figure(
        "interventions",
        INTERVENTIONS,
        "Deltagare med insats",
        Unit.PERSONS,
        Measure.COUNT,
        ("kind", "audience"),
        "Deltagare som har haft en insats minst en dag i perioden. Den som har haft flera slag räknas en "
        "gång i varje, men en gång totalt. En insats som inte blev av räknas inte. Ett feriejobb gör ingen "
        "till deltagare, men räknas som insats för den som är inskriven.",
    ),
    Figure(
        "intervention_weeks_mean",
        INTERVENTIONS,
        "Insatsens längd i veckor, medelvärde",
        Unit.WEEKS,
        Measure.MEAN,
        ("kind", "age"),
        "Tiden från insatsens start till dess slut, för insatser som har slutat i perioden: dagarna delade "
        "med sju. En insats som inte blev av räknas inte.",
    ),
    Figure(
        "plan_within_30_days_share",
        TIMES,
        "Handlingsplan inom 30 dagar",
        Unit.SHARE,
        Measure.SHARE,
        ("level",),
        "Inskrivningar vars första handlingsplan fastställdes inom 30 dagar, som andel av dem som började i "
        "perioden och minst 30 dagar före dess sista dag. Nivån är den som gällde på periodens sista dag, "
        "eller vid avslutet om det kom före.",
    ),
    Figure(
        "re_entry_share",
        FLOWS,
        "Återinskrivna inom ett år",
        Unit.SHARE,
        Measure.SHARE,
        (),
        "Nya inskrivningar där samma person har en inskrivning som avslutades inom tolv månader före "
        "starten, som andel av alla nya inskrivningar i perioden. Finns inte dagen ett år tidigare gäller "
        "månadens sista dag.",
        of="enrolments_started",
    ),
    Figure(
        "kas_exits",
        KAS,
        "Avslutade personer enligt KAS",
        Unit.PERSONS,
        Measure.COUNT,
        ("kas_class",),
        "Personer med avslut i perioden. Var och en räknas en gång, efter sitt sista avslut. Arbete och "
        "studier är klass A och B när de är bekräftade, och klass E när svaret är nej. Utan svar står de som "
        "inte bekräftade. Andra orsaker har den klass som kontoret har gett dem.",
    ),
    Figure(
        "kas_exits_by_length",
        KAS,
        "Avslutade personer enligt KAS, efter tid som inskriven",
        Unit.PERSONS,
        Measure.COUNT,
        ("length",),
        "Samma personer som i ”Avslutade personer enligt KAS”. Tiden är kalendermånader från inskrivning "
        "till avslut.",
        of="kas_exits",
    ),
    Figure(
        "kas_work_or_studies_share",
        KAS,
        "Avslutade till arbete eller studier enligt KAS",
        Unit.SHARE,
        Measure.SHARE,
        (),
        "Personer i klass A eller B, som andel av alla avslutade personer enligt KAS. Det är Koladas "
        "nyckeltal U40455.",
        of="kas_exits",
    ),
    Figure(
        "progress_share",
        PROGRESS,
        "Deltagare som har tagit steg framåt",
        Unit.SHARE,
        Measure.SHARE,
        ("level", "direction"),
        "Deltagare som har förbättrats, som andel av dem som har skattats minst två gånger till och med "
        "periodens sista dag, i sin senaste inskrivning i perioden. Den första skattningen jämförs med den "
        "senaste. Stegen upp och ner läggs ihop i de områden som konsulenten har bedömt båda gångerna: "
        "över noll är förbättrad, noll är oförändrad och under noll är försämrad. Den som inte har något "
        "sådant område är oförändrad. Per riktning visas hur stor andel av alla som har gått åt varje håll.",
        parts=("direction",),
    ),
    Figure(
        "clear_progress_share",
        PROGRESS,
        "Deltagare med tydliga steg framåt",
        Unit.SHARE,
        Measure.SHARE,
        ("level",),
        "Deltagare som ligger minst två steg högre i minst ett område, som andel av samma deltagare som i "
        "”Deltagare som har tagit steg framåt”.",
    ),
    *OF_NEEDS_AND_SUPPLY,
    Figure(
        "data_complete_share",
        DATA,
        "Deltagare med alla uppgifter",
        Unit.SHARE,
        Measure.SHARE,
        ("level",),
        "Deltagare där nivå, utbildning, juridiskt kön och födelsedatum är kända, som andel av alla "
        "deltagare. För den som har avslutats senast på periodens sista dag ska också avslutsorsaken vara "
        "känd, och arbete och studier ska ha svaret ja eller nej på om de är bekräftade. Uppgifterna är de "
        "som finns när siffran räknas, från den senaste inskrivningen i perioden.",
        of="participants",
    ),
)

BY_CODE = {figure.code: figure for figure in CATALOGUE}
