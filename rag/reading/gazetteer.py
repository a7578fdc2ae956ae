"""Names that rules cannot tell from others: countries, and words that begin a capitalised run
without being a person."""

_COUNTRIES = (
    "afghanistan albania algeria america andorra angola argentina armenia australia austria "
    "azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia "
    "bosnia botswana brazil britain brunei bulgaria burundi cambodia cameroon canada chad chile "
    "china colombia congo croatia cuba cyprus czechia denmark djibouti ecuador egypt england "
    "eritrea estonia eswatini ethiopia fiji finland france gabon gambia georgia germany ghana "
    "greece greenland grenada guatemala guinea guyana haiti honduras hungary iceland india "
    "indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya kosovo kuwait "
    "kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania luxembourg "
    "madagascar malawi malaysia maldives mali malta mauritania mauritius mexico moldova monaco "
    "mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua niger "
    "nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal "
    "qatar romania russia rwanda samoa scotland senegal serbia seychelles singapore slovakia "
    "slovenia somalia spain sudan suriname sweden switzerland syria taiwan tajikistan tanzania "
    "thailand togo tonga tunisia turkey turkmenistan uganda ukraine uruguay uzbekistan vanuatu "
    "vatican venezuela vietnam wales yemen zambia zimbabwe"
)
COUNTRIES = frozenset(_COUNTRIES.split())
"""Countries of one word, as `terms.fold` writes them."""

CITY_STATES = frozenset(("djibouti", "guatemala", "kuwait", "luxembourg", "monaco", "panama",
                         "singapore", "vatican"))  # fmt: skip
"""Those of them whose name is a city's too."""

_CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december christmas easter ramadan"
)
CALENDAR = frozenset(_CALENDAR.split())

_ORGANISATION_WORDS = (
    "agency association authority bank board bureau centre center club coalition college "
    "commission committee company congress corporation corp council court department federation "
    "force foundation fund government group hospital inc institute kremlin league ltd ministry "
    "museum nato office organisation organization parliament party police press school senate "
    "service society times trust union university"
)
ORGANISATION_WORDS = frozenset(_ORGANISATION_WORDS.split())
"""A capitalised run that holds one of these is an organisation, not a person."""
