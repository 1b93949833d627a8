"""Codes: provinces of today, assigned countries with their UN M49 sub-region, and the published list of priority goods."""

_CODES = "AC SU SB RI JA SS BE LA BB KR JK JB JT YO JI BT BA NB NT KB KT KS KI KU SA ST SN SG GO SR MA MU PA PB PS PT PE PD"
PROVINCES = frozenset(f"ID-{code}" for code in _CODES.split())

# Latin America (419) and Africa south of the Sahara (202) are sub-regions of M49, too; what M49 puts nowhere is `other`.
_REGIONS = {
    "015": "DZ EG EH LY MA SD TN",
    "202": "AO BF BI BJ BV BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW IO KE KM LR LS MG ML MR MU MW MZ NA NE NG RE RW SC SH SL SN SO "
    "SS ST SZ TD TF TG TZ UG YT ZA ZM ZW",
    "419": "AG AI AR AW BB BL BO BQ BR BS BZ CL CO CR CU CW DM DO EC FK GD GF GP GS GT GY HN HT JM KN KY LC MF MQ MS MX NI PA PE PR PY "
    "SR SV SX TC TT UY VC VE VG VI",
    "021": "BM CA GL PM US",
    "030": "CN HK JP KP KR MN MO",
    "034": "AF BD BT IN IR LK MV NP PK",
    "035": "BN ID KH LA MM MY PH SG TH TL VN",
    "143": "KG KZ TJ TM UZ",
    "145": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "039": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA",
    "151": "BG BY CZ HU MD PL RO RU SK UA",
    "154": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
    "155": "AT BE CH DE FR LI LU MC NL",
    "053": "AU CC CX HM NF NZ",
    "054": "FJ NC PG SB VU",
    "057": "FM GU KI MH MP NR PW UM",
    "061": "AS CK NU PF PN TK TO TV WF WS",
    "other": "AQ TW",
}
REGION_OF = {country: region for region, countries in _REGIONS.items() for country in countries.split()}

_PRIORITIES = {
    "seaweed": "121221 121229 130231 130239",
    "fisheries": "03 1604 1605",
    "natural-ingredients": "1301 130219 3203 3301 0906 0907 0908",
    "biopharmaca": "1211 091011 091012 091030",
    "fruit": "0803 0804 0805 0807 0810 0811 0813 2008",
    "bamboo": "140110 440210 441210 441873 460121 460192 460211 940382",
    "coconut": "080111 080112 080119 1203 151311 151319 530500",
    "palm-oil": "1511 151321 151329 120710",
}


def priority_of(code: str) -> str | None:
    """The commodity of the published list whose prefix of `code` is the longest."""
    found = [(len(prefix), name) for name, prefixes in _PRIORITIES.items() for prefix in prefixes.split() if code.startswith(prefix)]
    return max(found)[1] if found else None
