"""The twelve domains that progress is measured in: the question of each, and what its five steps mean.

The words are this product's own. They are written so that the participant can read them about themselves
and so that both views, the participant's and the consultant's, choose among the same sentences. Step 5 is
where the domain no longer stands in the way of work or studies; "inte bedömd" is no step.
"""

from dataclasses import dataclass

from django.db.models import TextChoices

FIRST_STEP, LAST_STEP = 1, 5
NOT_ASSESSED = "Inte bedömd"


class Domain(TextChoices):
    """What is assessed, in the order that it is asked."""

    WORK_CAPACITY = "work_capacity", "Arbetsförmåga och uthållighet"
    HEALTH = "health", "Hälsa i vardagen"
    LANGUAGE = "language", "Svenska språket"
    EDUCATION = "education", "Utbildning och yrke"
    JOB_SEARCH = "job_search", "Att söka arbete"
    DIGITAL = "digital", "Digital vana"
    ROUTINES = "routines", "Rutiner och närvaro"
    HOUSING = "housing", "Boende"
    ECONOMY = "economy", "Ekonomi"
    FAMILY = "family", "Familj och barnomsorg"
    NETWORK = "network", "Nätverk"
    MOTIVATION = "motivation", "Motivation och tro på sig själv"

    @property
    def question(self) -> str:
        """What the participant is asked."""
        return _WORDS[self].question

    @property
    def anchors(self) -> tuple[str, str, str, str, str]:
        """What each step means, from the first to the last."""
        return _WORDS[self].anchors

    def anchor(self, step: int) -> str:
        """What the step means."""
        return self.anchors[step - FIRST_STEP]


@dataclass(frozen=True, slots=True)
class _Words:
    question: str
    anchors: tuple[str, str, str, str, str]


_WORDS = {
    Domain.WORK_CAPACITY: _Words(
        "Hur mycket orkar du arbeta i dag?",
        (
            "Arbete är inte möjligt just nu.",
            "Orkar korta stunder, några timmar i veckan, om arbetet är anpassat.",
            "Orkar ungefär halva dagar, om uppgifterna är anpassade.",
            "Orkar nästan heltid, med pauser eller något stöd.",
            "Orkar ett vanligt arbete, så många timmar som det kräver.",
        ),
    ),
    Domain.HEALTH: _Words(
        "Hur påverkar hälsan det du vill göra?",
        (
            "Hälsan hindrar det mesta i vardagen just nu.",
            "Hälsan hindrar ofta. Det behövs hjälp för att komma vidare.",
            "Hälsan hindrar ibland. Det finns sätt att hantera det, men de räcker inte alltid.",
            "Hälsan hindrar sällan. Det finns sätt att hantera det som för det mesta räcker.",
            "Hälsan hindrar inte arbete eller studier.",
        ),
    ),
    Domain.LANGUAGE: _Words(
        "Hur går det att förstå, tala, läsa och skriva svenska?",
        (
            "Förstår och säger enstaka ord. Behöver tolk i samtal.",
            "Klarar enkla samtal om vardagen, när den andra talar långsamt.",
            "Klarar vardagens samtal och enkla texter. Behöver hjälp med brev och blanketter.",
            "Klarar samtal och texter på de flesta arbeten, med hjälp ibland.",
            "Talar, läser och skriver svenska så bra som arbetet eller studierna kräver.",
        ),
    ),
    Domain.EDUCATION: _Words(
        "Vilken utbildning och yrkeserfarenhet finns att bygga på?",
        (
            "Utbildning och yrkeserfarenhet saknas, eller går inte att visa.",
            "Har någon utbildning eller erfarenhet, men den räcker inte för de arbeten som finns.",
            "Har en grund att bygga på, och vet vad som behöver läggas till.",
            "Är på väg att lägga till det som saknas, genom studier, praktik eller intyg.",
            "Har den utbildning eller erfarenhet som arbetet kräver, och kan visa den.",
        ),
    ),
    Domain.JOB_SEARCH: _Words(
        "Hur går det att hitta och söka arbete?",
        (
            "Vet inte hur man söker arbete i dag, eller har inte sökt på länge.",
            "Kan söka arbete tillsammans med någon som hjälper till.",
            "Har ett cv och söker en del själv. Behöver hjälp med ansökningar och intervjuer.",
            "Söker själv varje vecka och får svar ibland. Vill bli säkrare på någon del.",
            "Söker själv, med bra ansökningar, och är trygg i intervjuer.",
        ),
    ),
    Domain.DIGITAL: _Words(
        "Hur går det att använda dator, mobil och e-tjänster?",
        (
            "Använder inte dator eller e-tjänster.",
            "Kan ringa och skicka meddelanden. Behöver hjälp med det mesta annat.",
            "Klarar e-post, e-legitimation och vanliga e-tjänster, med hjälp ibland.",
            "Klarar det mesta på dator och mobil, och lär sig nytt med lite hjälp.",
            "Klarar de program och tjänster som arbetet eller studierna kräver.",
        ),
    ),
    Domain.ROUTINES: _Words(
        "Hur går det att komma i tid och hålla det som är bestämt?",
        (
            "Kommer sällan till det som är bestämt.",
            "Kommer ibland, och behöver bli påmind.",
            "Kommer oftast. Blir sen eller måste ställa in då och då.",
            "Kommer nästan alltid i tid, och säger till när det inte går.",
            "Håller tider och rutiner varje dag, som på ett arbete.",
        ),
    ),
    Domain.HOUSING: _Words(
        "Hur fungerar boendet?",
        (
            "Har ingenstans att bo, eller måste flytta snart och vet inte vart.",
            "Bor tillfälligt, eller på ett sätt som inte fungerar.",
            "Har någonstans att bo en tid framåt, men boendet tar kraft från annat.",
            "Bor stadigt. Något återstår att lösa, men det hindrar inte arbete.",
            "Har ett tryggt boende som fungerar.",
        ),
    ),
    Domain.ECONOMY: _Words(
        "Hur fungerar ekonomin?",
        (
            "Pengarna räcker inte till det nödvändiga, och räkningar eller skulder växer.",
            "Pengarna räcker knappt. Det behövs hjälp att få ordning på räkningar eller skulder.",
            "Har ordning på räkningarna med stöd. Finns det skulder, så finns det en plan för dem.",
            "Sköter ekonomin på egen hand, men tål inget oväntat.",
            "Sköter ekonomin på egen hand, och klarar en oväntad utgift.",
        ),
    ),
    Domain.FAMILY: _Words(
        "Hur går det att få ihop familjen med arbete eller studier?",
        (
            "Det som händer i familjen tar all kraft just nu.",
            "Omsorg om barn eller anhöriga hindrar ofta, och en lösning saknas.",
            "Det finns en lösning, men bara för vissa tider eller dagar.",
            "Omsorgen är ordnad. Det kan krocka någon gång.",
            "Familjen går att få ihop med arbete eller studier på heltid.",
        ),
    ),
    Domain.NETWORK: _Words(
        "Vilka finns runt dig som stöttar, eller kan tipsa om arbete?",
        (
            "Har nästan ingen att prata med eller få hjälp av.",
            "Har någon enstaka person att vända sig till, utöver myndigheter.",
            "Har några som stöttar, men få som känner till arbeten.",
            "Har flera som stöttar, och någon som kan tipsa om arbete.",
            "Har ett nätverk som stöttar, och kontakter eller referenser i arbetslivet.",
        ),
    ),
    Domain.MOTIVATION: _Words(
        "Hur ser du på vägen till arbete eller studier?",
        (
            "Kan inte se sig själv i arbete eller studier just nu.",
            "Vill, men tror inte riktigt att det går.",
            "Vill, och tror ibland att det går. Behöver stöd när det tar emot.",
            "Vill, tror att det går och tar egna steg de flesta veckor.",
            "Är säker på sitt mål, tar egna steg och kommer igen när något går emot.",
        ),
    ),
}
