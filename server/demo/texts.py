"""Texts of the demo school, our own, as product.md's writing hints would have them: to the student, about what was seen, with a
step ahead. `FEEDBACK[cluster][stoplight]` holds (remark, action) pairs."""

from __future__ import annotations

from typing import Final

CLUSTERS: Final = {
    "netl": "language", "entl": "language", "fatl": "language", "dutl": "language", "ltc": "language", "gtc": "language",
    "wi": "maths", "wisa": "maths", "wisb": "maths",
    "nat": "science", "nask": "science", "schk": "science", "biol": "science", "men": "science", "in": "science",
    "ak": "society", "ges": "society", "econ": "society", "beco": "society", "maat": "society",
    "kubv": "creative", "mu": "creative", "ckv": "creative",
    "lo": "sport",
}  # fmt: skip

FEEDBACK: Final[dict[str, dict[str, list[tuple[str, str]]]]] = {
    "language": {
        "excellent": [
            (
                "Ik zie dat je bij je laatste schrijfopdracht drie versies hebt gemaakt. De opbouw werd elke keer sterker.",
                "Lees jouw tekst de komende les voor, dan horen anderen hoe je een alinea opent.",
            ),
            (
                "Bij het boekengesprek haalde je voorbeelden uit twee boeken aan en reageerde je op wat anderen zeiden.",
                "Kies voor de volgende ronde een boek dat net een stap moeilijker is. Ik denk graag mee.",
            ),
            (
                "Je oefent elke week met de woordjes en vraagt door als je een zin niet begrijpt. Dat hoor je terug als je spreekt.",
                "",
            ),
        ],
        "on_track": [
            ("", ""),
            ("Ik merk dat je rustig doorwerkt en je schrift op orde hebt.", ""),
            (
                "Bij de leestoets onderstreepte je eerst de kernzinnen. Dat scheelde je tijd bij de vragen.",
                "Gebruik dezelfde aanpak ook bij de kijk- en luistertoets.",
            ),
            ("Je doet mee met spreken, ook als je een woord even kwijt bent.", ""),
        ],
        "attention": [
            (
                "Bij de laatste twee teksten miste je de kernzin, waardoor je samenvatting te lang werd.",
                "Onderstreep de komende drie weken bij elke tekst eerst de kernzin en laat ze mij zien.",
            ),
            (
                "Ik zie dat je de woordjes pas de avond voor de toets leert. Bij de vorige twee toetsen bleef er weinig hangen.",
                "Leer vier keer per week tien minuten en overhoor jezelf met de app die we in de les gebruiken.",
            ),
            (
                "Tijdens het zelfstandig werken praat je regelmatig met je buurman. Je opdracht was deze maand twee keer niet af.",
                "Kies de komende lessen een plek vooraan en laat mij aan het eind zien wat je hebt gedaan.",
            ),
        ],
        "warning": [
            (
                "Je hebt deze periode drie van de vijf schrijfopdrachten niet ingeleverd. Daardoor kan ik je niet helpen met je opbouw.",
                "Kom dinsdag het zevende uur langs. We kiezen samen welke opdracht je als eerste inhaalt.",
            ),
            (
                "Ik merk dat je de laatste weken stil bent en je schrift dicht laat. Ik maak me zorgen.",
                "Laten we deze week tien minuten praten. Neem mee wat je nu het moeilijkst vindt aan dit vak.",
            ),
        ],
    },
    "maths": {
        "excellent": [
            (
                "Je schrijft elke stap op en controleert je antwoord door het in te vullen. Ook bij de uitdagende opgaven.",
                "Probeer de komende weken één opgave per hoofdstuk uit de wiskunde-olympiade.",
            ),
            (
                "Je legde deze week aan twee klasgenoten uit hoe je een vergelijking opstelt. Zij konden daarna zelf verder.",
                "",
            ),
        ],
        "on_track": [
            ("", ""),
            ("Ik zie dat je je huiswerk nakijkt en verbetert. Zo weet je voor de toets waar je staat.", ""),
            (
                "Je rekent netjes uit wat er gevraagd wordt. Bij verhaalsommen begin je sneller dan in september.",
                "Schrijf bij verhaalsommen eerst op wat je al weet.",
            ),
        ],
        "attention": [
            (
                "Bij de laatste toets stonden bij vier opgaven alleen de antwoorden. Daardoor liep je punten mis voor je berekening.",
                "Schrijf bij elke opgave minstens twee tussenstappen op. Ik kijk de komende twee weken met je mee.",
            ),
            (
                "Ik merk dat je bij breuken nog blijft steken en dan stopt met de opgave.",
                "Maak deze week de herhaalopgaven van paragraaf 2 en stel in de les één vraag.",
            ),
            (
                "Je rekenmachine en schrift waren de afgelopen drie weken vier keer niet bij je.",
                "Pak je tas de avond ervoor in en laat mij bij binnenkomst zien dat je alles hebt.",
            ),
        ],
        "warning": [
            (
                "De laatste drie paragrafen zijn niet gemaakt. Je geeft zelf aan dat je niet meer weet waar je moet beginnen.",
                "We maken samen een inhaallijst. Kom donderdag in de pauze, dan beginnen we met de eerste twee opgaven.",
            ),
            (
                "Bij de toets heb je na drie opgaven je pen neergelegd. Ik zag dat je vastliep en ik maak me zorgen.",
                "Kom vier weken lang naar het steunuur op maandag. Wat heb je nodig om te durven beginnen?",
            ),
        ],
    },
    "science": {
        "excellent": [
            (
                "Bij het practicum werkte je een eigen meetplan uit en je schreef op waarom een meting afweek.",
                "Doe bij het volgende practicum een tweede meting met een eigen vraag erbij.",
            ),
            ("Je hielp je groepje twee keer verder met een eigen schema. Daardoor snapten jullie het verband.", ""),
        ],
        "on_track": [
            ("", ""),
            ("Je werkt veilig en zorgvuldig bij practica en ruimt je tafel op.", ""),
            (
                "Ik zie dat je begrippen leert met kaartjes. Je kunt ze in de les ook uitleggen.",
                "Oefen ook met de toepassingsvragen aan het eind van het hoofdstuk.",
            ),
        ],
        "attention": [
            (
                "Je verslag had een goede grafiek, maar de conclusie ontbrak bij de laatste twee practica.",
                "Beantwoord in je conclusie eerst de onderzoeksvraag. Lever de volgende keer een proefversie bij mij in.",
            ),
            (
                "Ik merk dat je bij rekenvragen de eenheden weglaat. Daardoor loop je halve punten mis.",
                "Schrijf de komende periode bij elke som eerst de eenheden op.",
            ),
        ],
        "warning": [
            (
                "Je was bij drie practica afwezig en hebt ze nog niet ingehaald. Zo kan ik je niet beoordelen.",
                "Spreek deze week twee inhaalmomenten met mij af. De toetsweek begint over vier weken.",
            ),
        ],
    },
    "society": {
        "excellent": [
            (
                "Bij het debat onderbouwde je je mening met drie bronnen en je vatte eerst samen wat de ander zei.",
                "Onderzoek bij de volgende opdracht ook een bron die het niet met je eens is.",
            ),
        ],
        "on_track": [
            ("", ""),
            ("Je let op in de les en je aantekeningen zijn zo helder dat anderen ze willen lenen.", ""),
            (
                "Ik zie dat je oorzaken en gevolgen uit elkaar houdt in je antwoorden.",
                "Noem bij uitlegvragen steeds één voorbeeld uit de bron.",
            ),
        ],
        "attention": [
            (
                "Je antwoorden zijn vaak één zin. Bij de laatste toets miste je daardoor de uitleg bij vijf vragen.",
                "Gebruik het woord ‘omdat’ in elk antwoord en laat mij er volgende week drie zien.",
            ),
            (
                "Je werkte bij de groepsopdracht mee, maar jouw deel kwam een week later dan jullie hadden afgesproken.",
                "Schrijf bij de volgende opdracht op de eerste dag in je planner wanneer jouw deel af is.",
            ),
        ],
        "warning": [
            (
                "Je hebt twee toetsen gemist en de inhaaldatum voorbij laten gaan. Ik maak me zorgen over deze periode.",
                "Kom deze week langs om een nieuwe datum te kiezen. Welke dag past bij jou?",
            ),
        ],
    },
    "creative": {
        "excellent": [
            ("Je durfde je eerste ontwerp los te laten en begon opnieuw. Het resultaat hangt nu in de gang.", ""),
            ("Je oefende thuis het lastige stuk en speelde daarna de hele groep mee door de inzet heen.", ""),
        ],
        "on_track": [
            ("", ""),
            ("Ik zie dat je verschillende materialen probeert voordat je kiest.", ""),
            ("Je luistert goed naar anderen als jullie samen spelen.", ""),
        ],
        "attention": [
            (
                "Je stopt met je werkstuk zodra het eerste idee op papier staat. Je logboek is sinds vier weken leeg.",
                "Maak de komende drie lessen elke keer één schets extra en schrijf er een zin bij.",
            ),
        ],
        "warning": [
            (
                "Van de vier opdrachten is er één ingeleverd. In de les zie ik dat je er wel ideeën voor hebt.",
                "Kies deze week één opdracht uit. Ik houd woensdagmiddag een tafel voor je vrij.",
            ),
        ],
    },
    "sport": {
        "excellent": [
            (
                "Je leidde de warming-up en lette erop dat iedereen mee kon doen.",
                "Begeleid de komende weken een groepje bij turnen.",
            ),
        ],
        "on_track": [
            ("", ""),
            ("Je doet elke les mee en moedigt je team aan.", ""),
        ],
        "attention": [
            (
                "Je had deze periode vier keer je sportkleding niet bij je. Daardoor stond je langs de kant.",
                "Leg je sporttas op zondagavond klaar en zet de lesdagen in je agenda.",
            ),
        ],
        "warning": [
            (
                "Je doet de laatste weken niet meer mee en zegt dat het je niets uitmaakt. Ik maak me zorgen.",
                "Laten we even praten voor de volgende les. Welk onderdeel zou je wel willen doen?",
            ),
        ],
    },
}

NO_PICTURE: Final = [
    "Je zit sinds drie weken in de groep. Ik heb je nog te kort in de les gezien.",
    "Je was deze periode langere tijd ziek. Ik wil eerst samen bijpraten.",
]

MESSAGES: Final = [
    "Hoi {name}, mooi om te zien waar je mee bezig bent. Lees vooral eerst wat er goed gaat. In ons gesprek kiezen we samen één "
    "ding om aan te werken.",
    "Dag {name}, je docenten zien dat je meer vragen stelt dan vorige periode. Dat is een knappe stap. Denk alvast na over wat je "
    "hierbij helpt.",
    "Beste {name}, het was een drukke periode voor je. Neem de tijd om alles te lezen. We bespreken het rustig samen.",
    "Hoi {name}, ik ben trots op hoe je je klasgenoten helpt. Kijk eens bij welk vak je nog winst kunt halen.",
]

PLANS: Final[list[dict[str, str]]] = [
    {
        "proud": "Dat ik bij biologie het schema heb gemaakt waar mijn groepje mee verder kon.",
        "improve": "Bij Nederlands wil ik sneller de kernzin vinden.",
        "how": "Ik onderstreep bij elke tekst eerst de zin die het belangrijkst is en pas daarna maak ik de vragen.",
        "help": "Ik laat het elke vrijdag aan mijn docent zien.",
        "when": "Vanaf maandag, drie weken lang.",
    },
    {
        "proud": "Ik heb alle toetsen van Engels gehaald en ik durf meer te zeggen in de les.",
        "improve": "Mijn huiswerk voor wiskunde is vaak half af.",
        "how": "Ik begin met wiskunde als ik thuiskom, nog voor ik mijn telefoon pak.",
        "help": "Mijn zus vraagt op dinsdag en donderdag of het af is.",
        "when": "Tot de kerstvakantie. Daarna kijk ik of het werkt.",
    },
    {
        "proud": "Bij muziek heb ik voor de klas gespeeld.",
        "improve": "Ik wil mijn spullen bij me hebben.",
        "how": "Ik pak mijn tas in voor ik ga slapen en kijk dan in mijn rooster.",
        "help": "Een briefje op mijn deur.",
        "when": "Elke avond voor een schooldag.",
    },
    {
        "proud": "Ik vraag nu om hulp als ik iets niet snap.",
        "improve": "Ik wil de achterstand bij natuurkunde inhalen.",
        "how": "Elke week één practicum inhalen en het verslag dezelfde dag schrijven.",
        "help": "Mijn docent en het steunuur op maandag.",
        "when": "In vier weken moet alles af zijn.",
    },
]

AGREEMENTS: Final[list[tuple[str, str]]] = [
    ("Je onderstreept bij elke tekst de kernzin en laat er op vrijdag drie zien.", "student"),
    ("Je gaat vier maandagen naar het steunuur.", "student"),
    ("We kijken samen naar je planner in het mentoruur.", "mentor"),
    ("Thuis staat de telefoon tussen vier en vijf uur uit.", "guardian"),
    ("Je levert de twee open verslagen in.", "student"),
    ("Je kiest een plek vooraan bij wiskunde.", "student"),
]

ROUNDS: Final = {
    "first": (
        "Startronde",
        "De eerste weken zitten erop. Geef kort aan hoe elke leerling gestart is. Een **opmerking** over wat je zag is genoeg; "
        "bij *Let op* en *Pas op* hoort ook een actie.",
    ),
    "second": (
        "Herfstronde",
        "Kijk naar inzet, motivatie en de keuzes die een leerling maakt. Een cijfer weegt mee, maar beslist niet.\n\n"
        "- Schrijf aan de leerling zelf\n- Noem wat je hebt gezien\n- Geef een stap die deze periode lukt",
    ),
    "open": (
        "Winterronde",
        "Voor de gesprekken van december. Vul voor al je groepen een stoplicht in. Bij **Let op** en **Pas op** zijn opmerking "
        "en actie verplicht; een woord erbij mag bij iedereen.",
    ),
}
