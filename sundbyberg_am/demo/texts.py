"""What is said in the demonstration municipality. Everybody and everything in it is made up."""

from participants.models import InterventionKind, Need, NoteKind, Responsible, StepKind

_WOMEN = (
    "Alma Amina Anna Astrid Aylin Birgitta Carina Cecilia Danijela Ebba Elena Elif Emma Eva Fatima Fatuma "
    "Frida Gunilla Hanna Helena Hodan Ida Ingrid Irina Jasmin Johanna Julia Karin Katarzyna Khadija Klara "
    "Lamia Leila Linnea Lovisa Luciana Malin Maria Marwa Maryam Mehret Mona Nadia Natalia Nora Oksana Olga "
    "Parisa Petra Rahel Rania Rebecka Rosa Saba Samira Sara Selma Senait Shirin Sofia Susanne Tanja Therese "
    "Tiba Ulla Valentina Vera Wilma Yasmin Zahra Zeinab Åsa"
)
_MEN = (
    "Abdi Adam Ahmed Alexander Ali Amir Anders Andreas Anton Arash Artem Axel Bengt Bilal Björn Carlos "
    "Cengiz Daniel Dawit David Dejan Emil Erik Fabian Farid Filip Fredrik Goran Göran Hamid Hassan Henrik "
    "Hugo Ibrahim Isak Ismail Ivan Jamal Jan Joel Johan Jonas Josef Karim Kenneth Khaled Kofi Lars Leo Liam "
    "Linus Marco Mehmet Mikael Mohamed Mustafa Niklas Oleg Oliver Omar Oskar Patrik Pavel Per Peter Rasmus "
    "Reza Robert Samuel Sebastian Simon Stefan Tesfaye Thomas Viktor Yonas Yusuf Åke Örjan"
)
_LAST_NAMES = (
    "Abdi Abrahamsson Ahlberg Ahmed Ali Andersson Aydin Bajric Berg Bergman Björk Bondarenko Boström "
    "Carlsson Castillo Dahl Dahlgren Demir Diallo Ekholm Ekström Eliasson Engström Eriksson Farah Forsberg "
    "Fransson Gebremariam Gustafsson Haddad Hagberg Haile Hansson Hassan Hedlund Hellström Holm Hussein "
    "Håkansson Ibrahim Isaksson Ivanova Jansson Jonsson Karlsson Kaya Khalil Kovalenko Kowalska Larsson "
    "Lind Lindberg Lindgren Lindqvist Lopez Lundin Löfgren Mansour Marklund Mattsson Mohamud Molin Moradi "
    "Mårtensson Nasser Nilsson Norberg Nyström Nowak Olsson Omar Osman Palm Persson Petrovic Petersson "
    "Qasim Rahimi Ramos Rehn Rosén Said Salih Sandberg Shevchenko Sjöberg Sjögren Ström Sundin Svensson "
    "Söderberg Tesfay Tran Wallin Wiklund Yilmaz Zamani Åberg Åkesson Öberg Öhman"
)
WOMEN, MEN, LAST_NAMES = _WOMEN.split(), _MEN.split(), _LAST_NAMES.split()
LANGUAGES = (
    "arabiska", "dari", "somaliska", "spanska", "tigrinja", "turkiska", "ukrainska", "polska"
)  # fmt: skip
CONTACT = (
    "Sms på förmiddagen.",
    "Ringer helst tillbaka efter klockan 15.",
    "Mejl går bra, läser varje dag.",
    "Måndag till torsdag",
)
STREETS = ("Demovägen", "Exempelgatan", "Provgränd", "Påhittets väg", "Testgatan")

# What people say that they want, in their own words, and steps that lead there.
GOALS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Jag vill ha ett jobb där jag kan stå på egna ben.": (
        ("Skriva ett nytt cv tillsammans", StepKind.OWN, Responsible.CONSULTANT),
        ("Söka två jobb i veckan", StepKind.OWN, Responsible.PARTICIPANT),
        ("Öva på anställningsintervju", StepKind.INTERVENTION, Responsible.CONSULTANT),
    ),
    "Jag vill jobba i kök igen.": (
        ("Besöka två skolkök", StepKind.INTERVENTION, Responsible.CONSULTANT),
        ("Gå utbildningen i livsmedelshygien", StepKind.OWN, Responsible.PARTICIPANT),
        ("Praktik i kök, fyra timmar om dagen", StepKind.INTERVENTION, Responsible.CONSULTANT),
    ),
    "Jag vill kunna prata svenska på jobbet.": (
        ("Delta i språkkafé varje vecka", StepKind.OWN, Responsible.PARTICIPANT),
        ("Anmälan till sfi, kurs C", StepKind.CONTACT, Responsible.CONSULTANT),
    ),
    "Jag vill läsa klart gymnasiet.": (
        ("Träffa studie- och yrkesvägledare", StepKind.INTERVENTION, Responsible.CONSULTANT),
        ("Skaffa betyg från tidigare skola", StepKind.OWN, Responsible.PARTICIPANT),
        ("Söka till vuxenutbildningen", StepKind.OWN, Responsible.PARTICIPANT),
    ),
    "Jag vill få ordning på dagarna.": (
        ("Komma till Jobbcenter tre förmiddagar i veckan", StepKind.OWN, Responsible.PARTICIPANT),
        ("Göra ett veckoschema tillsammans", StepKind.OWN, Responsible.CONSULTANT),
    ),
    "Jag vill veta vad jag orkar.": (
        ("Prova arbete två timmar om dagen", StepKind.INTERVENTION, Responsible.CONSULTANT),
        ("Öka till fyra timmar om det går bra", StepKind.INTERVENTION, Responsible.PARTICIPANT),
        ("Trepartsmöte om vad vi har sett", StepKind.INVESTIGATION, Responsible.SOCIAL_SECRETARY),
    ),
    "Jag vill hitta något jag är bra på.": (
        ("Kartlägga vad jag har gjort förut", StepKind.INTERVENTION, Responsible.CONSULTANT),
        ("Studiebesök på tre olika arbetsplatser", StepKind.OWN, Responsible.PARTICIPANT),
    ),
    "Jag vill köra lastbil.": (
        ("Kontakta Arbetsförmedlingen om körkort", StepKind.CONTACT, Responsible.CONSULTANT),
        ("Praktik på lager", StepKind.INTERVENTION, Responsible.CONSULTANT),
    ),
    "Jag vill jobba med barn.": (
        ("Praktik på förskola", StepKind.INTERVENTION, Responsible.CONSULTANT),
        ("Läsa till barnskötare på vuxenutbildningen", StepKind.OWN, Responsible.PARTICIPANT),
    ),
    "Jag vill klara min ekonomi själv.": (
        ("Ringa budget- och skuldrådgivningen", StepKind.CONTACT, Responsible.PARTICIPANT),
        ("Söka deltidsjobb i närheten", StepKind.OWN, Responsible.PARTICIPANT),
    ),
    "Jag vill våga söka jobb igen.": (
        ("Gå i gruppen Nästa steg", StepKind.INTERVENTION, Responsible.PARTICIPANT),
        ("Ringa en arbetsgivare tillsammans", StepKind.OWN, Responsible.CONSULTANT),
        ("Samtal varannan vecka", StepKind.OTHER, Responsible.CONSULTANT),
    ),
    "Jag vill få rätt hjälp av Arbetsförmedlingen.": (
        (
            "Boka möte med Arbetsförmedlingen och följa med",
            StepKind.CONTACT,
            Responsible.CONSULTANT,
        ),
        ("Fylla i aktivitetsrapporten själv", StepKind.OWN, Responsible.PARTICIPANT),
    ),
}

FIRST_NOTES = (
    "Första mötet. Vi gick igenom hur vi arbetar och vad som händer nu. Kom i god tid och hade många frågor.",
    "Välkomstsamtal. Berättar om tidigare arbeten och vad som har känts roligt. Vi bokade kartläggning.",
    "Första träffen, en timme. Vill komma igång snart. Vi kom överens om att ses varannan vecka.",
    "Vi träffades för första gången. Visade runt på Jobbcenter och gick igenom samtycke och planering.",
    "Startmöte tillsammans med socialsekreteraren. Alla tre var överens om vad som är viktigast just nu.",
)
NOTES: tuple[tuple[str, str], ...] = (
    (
        NoteKind.MEETING,
        "Gick igenom cv:t. Nu finns också det ideella arbetet med. Skickar det före fredag.",
    ),
    (
        NoteKind.MEETING,
        "Planerade nästa månad. Vill gärna prova en ny arbetsplats. Jag undersöker två.",
    ),
    (
        NoteKind.MEETING,
        "Uppföljning av stegen i planen. Två är klara, ett flyttas till nästa träff.",
    ),
    (
        NoteKind.MEETING,
        "Övade på att berätta om sig själv inför en intervju. Det gick bättre än väntat.",
    ),
    (
        NoteKind.MEETING,
        "Pratade om vad som gör morgnarna lättare. Tar med veckoschemat nästa gång.",
    ),
    (
        NoteKind.MEETING,
        "Tittade på kurser på vuxenutbildningen. Vill prata med studievägledaren först.",
    ),
    (
        NoteKind.MEETING,
        "Träffades på Jobbcenter och sökte tre jobb tillsammans. Skrev själv det sista brevet.",
    ),
    (
        NoteKind.MEETING,
        "Kom till mötet trots en tuff vecka. Vi tog det lugnt och kortade listan till ett steg.",
    ),
    (
        NoteKind.MEETING,
        "Trepartsmöte med socialsekreteraren. Vi är överens om att fortsätta enligt planen.",
    ),
    (
        NoteKind.MEETING,
        "Vill öka till fem timmar om dagen. Vi provar från nästa vecka och stämmer av efter två.",
    ),
    (
        NoteKind.CALL,
        "Ringde och påminde om mötet. Kommer, men tio minuter senare på grund av bussen.",
    ),
    (NoteKind.CALL, "Fick svar per sms: har varit på intervju och väntar på besked."),
    (NoteKind.CALL, "Ringde upp. Allt går bra på praktiken, trivs med arbetskamraterna."),
    (NoteKind.CALL, "Behövde boka om. Ny tid bestämd till nästa vecka, i samma rum."),
    (NoteKind.CALL, "Berättar att sfi-provet gick bra. Firade med familjen."),
    (NoteKind.CALL, "Hör av sig och undrar över busskortet. Jag svarade samma dag."),
    (
        NoteKind.CONTACT,
        "Pratade med handledaren. Kommer i tid, frågar mycket och är omtyckt i gruppen.",
    ),
    (NoteKind.CONTACT, "Samtal med Arbetsförmedlingen. De bokar ett möte och återkommer med tid."),
    (NoteKind.CONTACT, "Stämde av med socialsekreteraren. Inget nytt som påverkar planen."),
    (
        NoteKind.CONTACT,
        "Studievägledaren har ledigt i nästa vecka. Tid bokad, deltagaren har fått den.",
    ),
    (
        NoteKind.CONTACT,
        "Arbetsgivaren vill gärna förlänga praktiken en månad. Vi tar upp det på nästa möte.",
    ),
    (
        NoteKind.CONTACT,
        "Besök på arbetsplatsen. Fler arbetsuppgifter än förra gången, och tydligare schema.",
    ),
    (NoteKind.OBSERVATION, "Tar mer plats i gruppen nu och hjälper andra med datorn."),
    (NoteKind.OBSERVATION, "Har varit här alla bokade dagar de senaste två veckorna."),
    (
        NoteKind.OBSERVATION,
        "Arbetar noggrant och i egen takt. Behöver pauser efter ungefär en timme.",
    ),
    (NoteKind.OBSERVATION, "Pratar mer svenska med de andra än för en månad sedan."),
    (NoteKind.OTHER, "Skickade kallelse till uppföljning av planen."),
    (NoteKind.OTHER, "Intyg från praktiken är inlagt i cv:t."),
    (
        NoteKind.OTHER,
        "Fick veta att kursen startar två veckor senare. Vi fyller tiden med jobbsökning.",
    ),
    (
        NoteKind.OTHER,
        "Gick igenom planen igen med ett enklare språk. Nu känns den mer som ens egen.",
    ),
)
LAST_NOTES: dict[str, str] = {
    "work": "Avslutande samtal. Har fått jobb och börjar i nästa vecka. Vi gick igenom vad som händer nu.",
    "studies": "Avslutande samtal. Har kommit in på utbildningen och ser fram emot att börja.",
    "goal_met": "Avslutande trepartsmöte. Vi gick igenom vad som är klart och vem som tar vid.",
    "other": "Avslutande samtal. Vi gick igenom vad som har hänt och hur man kommer tillbaka vid behov.",
}

# Kind: offer, workplace, the need it answers, hours a week, and weeks it usually takes. What is in no
# catalogue has no offer: its workplace then stands as the provider.
JOBCENTRE, SUNDBYBERG_JOB = "Jobbcenter", "Sundbybergs-jobb"
ADULT_EDUCATION, MATCHING = "Vuxenutbildningen", "Rusta och matcha"
WALKS, NEXT_STEP, TEAM = "Promenadgruppen", "Gruppen Nästa steg", "Kompetensteam"
SUNDBAS, MIA = "Sundbas", "MIA Vidare"  # projects that ended with 2022
OFFERS: dict[str, tuple[tuple[str, str, str, int, int], ...]] = {
    InterventionKind.JOB_SEARCH: (
        (JOBCENTRE, "", Need.JOB_SEARCH, 10, 8),
        (JOBCENTRE, "", Need.MOTIVATION, 6, 10),
    ),
    InterventionKind.MATCHING: (
        (MATCHING, "", Need.AUTHORITIES, 5, 12),
        (JOBCENTRE, "", Need.JOB_SEARCH, 4, 6),
    ),
    InterventionKind.GUIDANCE: ((ADULT_EDUCATION, "", Need.GUIDANCE, 2, 3),),
    InterventionKind.ORIENTATION_COURSE: (
        (ADULT_EDUCATION, "", Need.SWEDISH, 12, 10),
        (JOBCENTRE, "", Need.SKILLS, 8, 5),
    ),
    InterventionKind.SKILLS_MAPPING: (
        (JOBCENTRE, "", Need.SKILLS, 4, 3),
        (ADULT_EDUCATION, "", Need.SKILLS, 3, 4),
    ),
    InterventionKind.WORK_TRIAL: (
        (MIA, "", Need.ADAPTED_WORK, 8, 12),
        (SUNDBAS, "", Need.ADAPTED_WORK, 8, 14),
        (SUNDBYBERG_JOB, "Parkgruppen", Need.ADAPTED_WORK, 12, 10),
        (JOBCENTRE, "", Need.INVESTIGATION, 10, 6),
    ),
    InterventionKind.PLACEMENT_PUBLIC: (
        (SUNDBYBERG_JOB, "Skolkök", Need.EXPERIENCE, 25, 10),
        (SUNDBYBERG_JOB, "Förskola", Need.EXPERIENCE, 25, 10),
        (SUNDBYBERG_JOB, "Park", Need.EXPERIENCE, 30, 9),
        (SUNDBYBERG_JOB, "Äldreboende", Need.EXPERIENCE, 20, 12),
    ),
    InterventionKind.PLACEMENT_PRIVATE: (
        ("", "Demobageriet", Need.EXPERIENCE, 25, 8),
        ("", "Exempel Lager AB", Need.EXPERIENCE, 30, 8),
        ("", "Påhittade Butiken", Need.EXPERIENCE, 20, 9),
        ("", "Testhotellet", Need.EXPERIENCE, 30, 8),
    ),
    InterventionKind.MUNICIPAL_EMPLOYMENT: ((SUNDBYBERG_JOB, "", Need.EXPERIENCE, 38, 24),),
    InterventionKind.SUMMER_JOB: ((SUNDBYBERG_JOB, "", Need.EXPERIENCE, 30, 3),),
    InterventionKind.OTHER: (
        (WALKS, "", Need.HEALTH, 3, 10),
        (NEXT_STEP, "", Need.MOTIVATION, 4, 8),
        (TEAM, "", Need.INVESTIGATION, 1, 4),
    ),
}

LEVEL_REASONS = {
    ("AM1", "AM2"): "Behöver mer stöd i att söka arbete än vi trodde från början.",
    ("AM2", "AM1"): "Söker arbete på egen hand nu och går på intervjuer.",
    ("AM2", "AM3"): "Behöver prova arbetsförmågan i lugn takt innan praktik.",
    ("AM3", "AM2"): "Har klarat arbetsträningen och är redo för praktik.",
}
OTHER_LEVEL = "Vi har pratat igenom svaren och är överens om att den här nivån passar bättre."

DESTINATIONS: dict[str, tuple[str, ...]] = {
    "work_unsubsidised": ("Tillsvidareanställning", "Vikariat", "Timanställning", ""),
    "work_subsidised": ("Nystartsjobb", "Lönebidrag", ""),
    "studies": ("Vuxenutbildningen", "Folkhögskola", "Yrkeshögskola", ""),
    "goal_other_actor": ("Arbetsförmedlingen", "Samordningsförbundet", "Försäkringskassan"),
    "goal_back_to_referrer": ("Ekonomiskt bistånd",),
}
DISAGREEMENTS = ("Vill hellre börja med studier direkt.", "Tycker att stegen kommer för snabbt.")

WISHES = (
    "Jag vill ha ett riktigt jobb med schema och arbetskamrater.",
    "Jag vill läsa till undersköterska, men jag vet inte hur man börjar.",
    "Vill prova något praktiskt, gärna utomhus.",
    "Jag vill försörja min familj själv.",
    "Jag vill bli bättre på svenska och sedan jobba i butik.",
    "Vet inte riktigt. Vill prata med någon om vad jag kan.",
    "Jag har jobbat i kök i tio år och vill tillbaka dit.",
    "Vill börja lite lugnt och se vad jag klarar.",
)
MORE = ("", "", "Har cykel och kan arbeta i hela kommunen.", "Kommer gärna på studiebesök först.")
QUESTIONS = (
    "Kan ni skriva lite mer om vad som har provats tidigare och hur det gick?",
    "Behöver personen tolk vid första mötet, och i så fall på vilket språk?",
    "Vilka tider i veckan kan personen delta? Det påverkar vilken grupp som passar.",
)
ANSWERS = (
    "Har gjort en praktik på lager som gick bra men avbröts av flytt. Vill gärna göra något liknande.",
    "Ingen tolk behövs. Personen har också fått skriftlig information.",
    "Alla förmiddagar går bra, utom onsdagar.",
)
RETURNS = (
    "Personen har redan en planering hos Arbetsförmedlingen. Hör gärna av er om den avslutas.",
    "Vi behöver att ni har träffat personen och gjort kartläggningen tillsammans. Välkomna åter då.",
    "Personen har börjat studera på heltid, så vi väntar med inskrivning.",
)
WITHDRAWALS = (
    "Personen har fått arbete.",
    "Personen flyttar till en annan kommun.",
    "Anvisningen skickades för tidigt. Vi kommer tillbaka.",
)
