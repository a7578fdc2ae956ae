"""Words that tell persons, offices and places from one another: what rules cannot know."""

from __future__ import annotations

_HE = (
    "aaron abdul abdullah adam adrian ahmed alan albert alberto alejandro alexander alexei alfred "
    "ali anders andre andreas andrei andrew andriy anthony antonio antony anwar ari arjun arne "
    "arthur artur arvid asif augustin axel barack barry bart ben benedict benjamin bernard bernd "
    "bill bjorn bob bogdan boris brad brendan brian bruce bruno carl carlo carlos casper cesar "
    "charles chris christian christoph christopher chuck clarence claudio colin connor craig "
    "cyril damien dan daniel daniele dario darren dave david dean declan denis dennis derek diego "
    "dieter dimitri dirk dmitri dmitry dmytro dominic don donald douglas duncan dwight eamon ed "
    "eddie eduardo edward edwin eli elias elon emil emmanuel enrico enrique eric erik ernest "
    "ethan eugene evan fabio felipe felix ferdinand fernando filip finn floyd francesco francisco "
    "franco frank franz fred frederick friedrich fritz gareth gary gavin geoffrey georg george "
    "gerald gerard gerhard giancarlo gianni gilbert giorgio giovanni giuseppe glen glenn gordon "
    "graham greg gregory guido guillermo gunnar gustav guy hamid hans harald harold harry hassan "
    "hector heinrich helmut henri henrik henry herbert hiroshi horst howard hugh hugo hussein ian "
    "ibrahim igor imran isaac ismail ivan jack jacob jacques jaime jakob jakub james jan janusz "
    "jared jaroslav jason javier jay jean-claude jean-luc jeff jeffrey jens jeremy jerome jerry "
    "jim jimmy joachim joao joe joel johan johann johannes john johnny jonas jonathan jorge jose "
    "josef joseph josh joshua juan julian julio justin karim karl keith ken kenneth kevin khalid "
    "klaus konrad kurt kyle kyrylo lars laurence laurent lawrence leo leon leonard leonardo "
    "leonid lewis liam lionel lloyd lorenzo louis luca lucas luigi luis luka lukas mahmoud "
    "malcolm manfred manuel marc marcel marcelo marco marcos marcus mario marius mark markus "
    "martin marvin mateusz mathias matt matteo matthew matthias maurice max maximilian mehdi "
    "mehmet michael michel miguel mikael mike mikhail milan mohamed mohammad mohammed muhammad "
    "murray mustafa narendra nathan nathaniel neil niall nicholas nick nicolai nicolas niels "
    "nigel nikita nikolai nils noah norman olaf oleg oleksandr oleksii oliver omar oscar osman "
    "otto owen pablo paolo patrick paul paulo pavel pavlo pedro per peter petr petro phil philip "
    "philippe pierre piers piet piotr rafael raj rajesh ralph ramon raymond recep reinhard rene "
    "ricardo richard rishi rob robert roberto rodrigo roger roland rolf roman ron ronald ross roy "
    "rudolf rupert ruslan russell ryan said salman samir samuel santiago sean sebastian serge "
    "sergei sergey sergio serhii shane shigeru shinzo simon stanislav stefan stephan stephen "
    "steve steven stuart sven taras ted terence terry theo thomas tim timothy tobias todd tom "
    "tomas tommy tony trevor umar umberto vadim valery vasily victor viktor vincent vincenzo "
    "vitaly vladimir vladislav volodymyr waldemar walter warren wayne werner wilhelm willem "
    "william winston wolfgang xavier yasser yevgeny yitzhak yoshihide yuri yusuf yves zbigniew"
)
HE = frozenset(_HE.split())
"""First names of those for whom "he" stands, as `terms.fold` writes them."""

_SHE = (
    "abigail ada adele agata agnes aisha alice alicia alina alison amal amanda amelia amina amy "
    "ana anastasia andrea angela angelina anita anja ann anna annalena anne annette annie antonia "
    "astrid audrey ava barbara beata beatrice beatrix becky bella benazir bernadette bernice beth "
    "betty beverly birgit brenda bridget brigitte camilla carla carmen carol carolina caroline "
    "catherine cecilia celia charlotte cheryl chiara chloe christiane christina christine claire "
    "clara clare claudia cordelia cristina cynthia daisy daniela danielle deborah deirdre delia "
    "denise diana diane dilma dolores donna dora doris dorothea dorothy ebba edith eileen elaine "
    "eleanor elena eleni elisa elisabeth elise eliza elizabeth ella ellen elsa emilia emily emma "
    "erica erika esther eugenia eva evelyn fatima federica fiona flora florence frances francesca "
    "freya frieda gabriela gabriele gail gemma georgia gerda giorgia gisela gita gloria grace "
    "greta gudrun hanna hannah harriet heather heidi helen helena helene helga henrietta hilary "
    "hilda hillary ida ilse imogen inga inge ingrid irene irina iris isabel isabella isobel "
    "jacinda jacqueline jane janet janice jasmine jeanne jenna jennifer jenny jessica jill joan "
    "joanna joanne josephine joyce juana judith judy julia juliana julie juliet kaja karen karin "
    "karina katarina kate katerina katherine kathleen kathryn kathy katja katrin kay kirsten klara "
    "kristalina kristina lara laura lauren leila lena lesley leyla lidia lily linda lindsay lisa "
    "liudmila liz louisa louise lucia lucy ludmila lydia lynn magda magdalena maggie maia malala "
    "margaret margarethe margarita margrethe maria mariana marianne marie marina marine marion "
    "marjorie marta martha martina mary mathilda matilda maureen maya megan meghan mei melania "
    "melanie melinda melissa mette michaela michelle mila mildred millie miranda miriam molly "
    "monica monika nadia nadine nancy naomi natalia natalie natasha nicola nicole nina nora norma "
    "odile olena olga olivia orla pamela patricia paula pauline penelope penny petra philippa "
    "phoebe priscilla priti rachel rebecca regina renate rhoda rita roberta rosa rosalind rose "
    "rosemary roxana ruth sabine sally samantha sandra sanna sara sarah sharon sheila shirley "
    "sigrid silvia simone sofia sonia sonja sophia sophie stella stephanie sue susan susanna "
    "susanne suzanne sylvia tamara tanya tara tatiana teresa tessa thelma theresa therese tilda "
    "tina tracey trudy ulrike ursula valentina valerie vanessa vera veronica victoria viktoriia "
    "violet virginia vivian wanda wendy wilhelmina winifred xenia yasmin yolanda yulia yvette "
    "yvonne zainab zara zoe zuzana"
)
SHE = frozenset(_SHE.split())

_EITHER = (
    "adriel alex ariel ashley bobby cameron casey charlie chen dana drew frankie jackie jamie jean "
    "jesse jo jordan jules kelly kim kiran kit lee leslie li lou marlin mel micah morgan nat noor "
    "pat quinn reese remy riley robin rory sam sandy sasha shannon sidney skyler stevie sydney "
    "taylor toby tracy val wei yuval"
)
EITHER = frozenset(_EITHER.split())
"""First names that tell a person, and no more."""

_HE_TITLES = "baron count duke emperor father king lord mr pope prince sir"
HE_TITLES = frozenset(_HE_TITLES.split())

_SHE_TITLES = "baroness countess dame duchess lady miss mrs ms princess queen"
SHE_TITLES = frozenset(_SHE_TITLES.split())

_TITLES = "capt col dr gen gov lt mx prof professor rep rev reverend sen sgt st"
TITLES = frozenset(_TITLES.split()) | HE_TITLES | SHE_TITLES

OFFICES = (
    "foreign secretary|interior minister|secretary general|secretary-general|defence minister|"
    "defense minister|finance minister|foreign minister|chief executive|home secretary|"
    "prime minister|representative|superintendent|vice president|vice-president|administrator|"
    "congresswoman|harbourmaster|special envoy|commissioner|investigator|spokesperson|"
    "congressman|coordinator|spokeswoman|ambassador|archbishop|chairwoman|chancellor|councillor|"
    "journalist|lieutenant|negotiator|politician|prosecutor|rapporteur|researcher|architect|"
    "biologist|chieftain|columnist|commander|detective|economist|executive|fisherman|geologist|"
    "historian|inspector|librarian|organiser|physicist|president|principal|professor|scientist|"
    "secretary|spokesman|treasurer|activist|attorney|chairman|diplomat|director|emissary|"
    "engineer|governor|lawmaker|mediator|minister|official|producer|resident|sergeant|surveyor|"
    "actress|admiral|adviser|advisor|analyst|captain|colonel|coroner|counsel|curator|founder|"
    "general|justice|manager|officer|premier|senator|sheriff|skipper|soldier|speaker|striker|"
    "surgeon|teacher|trainer|witness|artist|author|banker|bishop|broker|deputy|doctor|editor|"
    "farmer|keeper|lawyer|leader|player|priest|singer|warden|worker|writer|actor|chair|chief|"
    "coach|envoy|judge|mayor|nurse|owner|pilot|queen|boss|head|king|poet|pope"
)
"""Alternatives of a pattern, longest first."""
FAMILY = (
    "daughter-in-law|granddaughter|grandfather|grandmother|predecessor|girlfriend|son-in-law|"
    "boyfriend|colleague|successor|daughter|grandson|brother|husband|widower|cousin|father|"
    "friend|mother|nephew|sister|niece|rival|uncle|widow|woman|aunt|girl|wife|boy|man|son"
)

GROUPS = (
    "police officers|representatives|investigators|firefighters|shareholders|authorities|"
    "campaigners|councillors|delegations|governments|journalists|negotiators|politicians|"
    "prosecutors|researchers|colleagues|economists|historians|inspectors|neighbours|passengers|"
    "protesters|protestors|scientists|supporters|volunteers|delegates|diplomats|directors|"
    "activists|commuters|customers|demonstrators|organisers|organizers|"
    "employees|employers|engineers|fishermen|islanders|lawmakers|mediators|ministers|officials|"
    "opponents|prisoners|residents|spokesmen|survivors|villagers|witnesses|advisers|analysts|"
    "captains|children|climbers|families|managers|officers|partners|refugees|rescuers|senators|"
    "skippers|soldiers|strikers|students|teachers|tourists|visitors|critics|doctors|drivers|"
    "experts|farmers|lawyers|leaders|members|parents|parties|players|sailors|tenants|traders|"
    "workers|allies|envoys|guards|judges|nurses|owners|people|pilots|police|pupils|rebels|troops|"
    "unions|voters|crews|sides|women|fans|men"
)
"""People in the plural, for whom "they" stands."""
ORGANISATION_NOUNS = (
    "prosecutor's office|organisation|organization|police force|association|corporation|"
    "coastguard|commission|department|foundation|government|parliament|presidency|university|"
    "authority|committee|institute|regulator|hospital|ministry|operator|tribunal|watchdog|"
    "airline|airport|cabinet|charity|company|council|inquiry|kremlin|society|agency|museum|"
    "office|school|senate|board|court|party|trust|union|army|bank|club|firm|navy"
)

_PLACE_WORDS = (
    "act airport avenue award bank bay beach bridge building canal castle cathedral church city "
    "coast county cup district forest garden gardens hall harbor harbour hill hotel house island "
    "isle lake law motors mount mountain news palace park peninsula pier plant point port post "
    "prize quay region river road sea square stadium station strait street times tower town "
    "valley village"
)
PLACE_WORDS = frozenset(_PLACE_WORDS.split())
"""A capitalised run that holds one of these is no person."""

_PLACES = (
    "abuja accra africa algiers america amman amsterdam ankara antarctica arctic asia athens "
    "atlantic baghdad balkans baltic bangkok barcelona beijing beirut belfast belgrade berlin bern "
    "bogota bratislava brussels bucharest budapest cairo canberra caracas cardiff caribbean "
    "chicago copenhagen crimea damascus delhi dhaka doha donbas dubai dublin edinburgh europe gaza "
    "geneva hamburg hanoi havana helsinki istanbul jakarta jerusalem johannesburg kabul kharkiv "
    "khartoum kiev kremlin kyiv lagos lima lisbon ljubljana london luxembourg lviv madrid manila "
    "mariupol mediterranean milan minsk moscow mumbai munich nairobi odesa oslo ottawa pacific "
    "paris prague pretoria pyongyang rabat reykjavik riga riyadh rome santiago sarajevo "
    "scandinavia seoul shanghai siberia sofia stockholm sydney taipei tallinn tbilisi tehran tokyo "
    "toronto tripoli tunis vienna vilnius warsaw washington wellington westminster yerevan zagreb "
    "zurich"
)
PLACES = frozenset(_PLACES.split())
"""Regions, capitals and large cities: nobody, where they are named alone."""
