import type { Translation } from './translation.ts'

/** Czech. */
export const translation: Translation = {
  labels: {
    cause: 'Pravděpodobná příčina:',
    remedy: 'Co dělat:',
    exit: 'Návratový kód:',
    sameAs: (number, name) => `${number} zde znamená totéž co ${name}.`,
    elsewhere: (number) => `${number} patří k multilicenční aktivaci společnosti Microsoft, ne k Volactu.`,
    onlyEnglish: 'Toto vysvětlení je k dispozici pouze v angličtině.',
    othersEnglish: 'Ostatní vysvětlení jsou k dispozici pouze v angličtině.',
  },
  errors: {
    NO_HOST_ANSWERED: {
      meaning: 'Produkt nedokázal aktivovat žádný hostitel: každý oslovený selhal, nebo odmítl.',
      cause:
        'Hostitelé neběží nebo nejsou aktivovaní, v cestě stojí firewall, nebo DNS uvádí hostitele, kteří už neexistují.',
      remedy:
        'Přečtěte si odpovědi jednotlivých hostitelů uvedené u chyby; „volact doctor“ prověří cestu krok za krokem.',
    },
    COUNT_INSUFFICIENT: {
      meaning: 'Hostitel zatím nezaznamenal tolik počítačů, kolik produkt vyžaduje.',
      cause:
        'Během sledovaného období se přihlásilo méně počítačů, než je prahová hodnota, několik jich má společný hardware, nebo jsou rozděleny mezi více hostitelů.',
      remedy:
        'Zajistěte, aby se k tomuto hostiteli přihlásily další počítače; „volact host status“ ukáže počet, prahovou hodnotu a co se nezapočítalo.',
    },
    HOST_MUTE: {
      meaning: 'Hostitel přijal spojení, ale neodpověděl.',
      cause: 'Hostitel se právě ukončuje, je přetížený, nebo něco po cestě filtruje provoz.',
      remedy: 'Podívejte se do protokolu hostitele a ověřte, že po cestě nic nekontroluje ani neomezuje port TCP 1688.',
    },
    HOST_NOT_ACTIVATED: {
      meaning: 'Hostitel sám není aktivovaný, takže nemůže aktivovat nikoho jiného.',
      cause:
        'Není nainstalován klíč hostitele, výrobce jej ještě neaktivoval, nebo skončila platnost certifikátu hostitele.',
      remedy: 'Spusťte na hostiteli „volact host activate“.',
    },
    PRODUCT_NOT_SERVED: {
      meaning: 'Tento hostitel požadovaný produkt neobsluhuje.',
      cause:
        'Klíč hostitele platí pro jiné produkty nebo jen pro starší generace, nebo je hostitel určen pro jinou aplikaci.',
      remedy:
        'Obraťte se na hostitele, jehož klíč produkt pokrývá, nebo nainstalujte novější klíč hostitele; „volact host status“ ukáže, co se obsluhuje.',
    },
    KEY_INVALID: {
      meaning: 'Produktový klíč zde není platný.',
      cause:
        'Některý znak je chybný, dva jsou prohozené, některé chybějí, nebo jde o klíč jiného druhu či jiného produktu.',
      remedy: 'Zpráva říká, co nesouhlasí: zadejte klíč znovu, vložte jej celý, nebo použijte klíč, který sem patří.',
    },
    KEY_BLOCKED: {
      meaning: 'Výrobce tento produktový klíč zablokoval.',
      cause: 'Klíč byl nahlášen jako vyzrazený, nebo byl použit v rozporu se smlouvou.',
      remedy: 'Požádejte výrobce o nový klíč.',
    },
    KEY_WRONG_EDITION: {
      meaning: 'Produktový klíč patří k jinému produktu nebo edici.',
      cause: 'Klíč byl vzat z nesprávného řádku seznamu, nebo byl produkt mezitím upgradován.',
      remedy: 'Nainstalujte klíč právě tohoto produktu; instalační klíče uvádí katalog výrobce.',
    },
    CLOCK_SKEW: {
      meaning: 'Hodiny počítače a hostitele se příliš rozcházejí.',
      cause: 'Jeden z nich má špatné datum, čas nebo časové pásmo, nebo byl obnoven ze snímku.',
      remedy: 'Nařiďte hodiny, které jdou špatně, nejlépe pomocí NTP, a potom aktivujte znovu.',
    },
    DNS_NAME_MISSING: {
      meaning: 'V DNS není žádný aktivační hostitel: název neexistuje.',
      cause: 'V doméně není žádný hostitel zveřejněn, nebo se hledá v nesprávné doméně.',
      remedy:
        'Zveřejněte záznam SRV, určete hostitele pomocí „volact client host set“, nebo zadejte doménu volbou --domain.',
    },
    DNS_NO_RECORDS: {
      meaning: 'DNS název zná, ale nemá pod ním žádný záznam SRV.',
      cause: 'Zóna byla pro aktivaci připravena, ale žádný hostitel v ní není zveřejněn, nebo byl poslední stažen.',
      remedy: 'Zveřejněte záznam SRV hostitele, nebo určete hostitele pomocí „volact client host set“.',
    },
    DNS_SERVER_FAILED: {
      meaning: 'Server DNS selhal nebo neodpověděl.',
      cause: 'Server neběží, není odsud dostupný, nebo se sám nedokázal zeptat dalších serverů.',
      remedy:
        'Zkontrolujte servery DNS tohoto počítače; hostitel určený pomocí „volact client host set“ záznam SRV nepotřebuje.',
    },
    DNS_NO_SUFFIX: {
      meaning: 'Není žádná doména, ve které by se dal hostitel hledat.',
      cause: 'Počítač nemá primární příponu DNS, žádnou nedostal od DHCP a jeho seznam pro hledání je prázdný.',
      remedy:
        'Nastavte doménu počítače, zadejte ji volbou --domain, nebo určete hostitele pomocí „volact client host set“.',
    },
    HOST_KEY_EXHAUSTED: {
      meaning: 'Klíč hostitele byl použit tolikrát, kolikrát je dovoleno.',
      cause: 'Byl už aktivován na šesti hostitelích, nebo na tomto desetkrát.',
      remedy: 'Požádejte výrobce o další aktivace, nebo dál používejte hostitele, kteří už aktivovaní jsou.',
    },
    MAK_BLOCKED: {
      meaning: 'Výrobce tento klíč pro vícenásobnou aktivaci (MAK) zablokoval.',
      cause: 'Klíč byl nahlášen jako vyzrazený, nebo byl použit v rozporu se smlouvou.',
      remedy: 'Požádejte výrobce o nový klíč; počítače, které už jsou aktivované, si licenci ponechají.',
    },
    MAK_EXHAUSTED: {
      meaning: 'Klíč pro vícenásobnou aktivaci (MAK) byl použit tolikrát, kolikrát je dovoleno.',
      cause: 'Každý počítač spotřebuje jednu aktivaci a další po nové instalaci nebo po změně hardwaru.',
      remedy: 'Požádejte výrobce o zvýšení limitu klíče, nebo nechte počítače aktivovat hostitelem.',
    },
    REARMS_EXHAUSTED: {
      meaning: 'Období odkladu bylo obnoveno tolikrát, kolikrát je dovoleno.',
      cause: 'U produktu, jeho aplikace nebo celého počítače byl vyčerpán počet obnovení (rearm) podle katalogu.',
      remedy: 'Aktivujte produkt; není-li k tomu žádný hostitel, obraťte se na výrobce.',
    },
    GRACE_EXPIRED: {
      meaning: 'Doba, během níž bylo třeba produkt aktivovat, uplynula.',
      cause: 'Počítač od instalace nenašel žádného hostitele, který by jej aktivoval.',
      remedy: 'Aktivujte produkt; čekáním se nic neztratilo.',
    },
    HARDWARE_OUT_OF_TOLERANCE: {
      meaning: 'Hardware se změnil natolik, že licence nemůže dál platit.',
      cause: 'Byla vyměněna základní deska nebo disk, nebo byla instalace přesunuta či zkopírována na jiný počítač.',
      remedy: 'Aktivujte produkt na tomto počítači znovu.',
    },
    NO_PRODUCT_KEY: {
      meaning: 'Není nainstalován žádný produktový klíč.',
      cause: 'Produkt byl nainstalován bez klíče, nebo byl klíč odebrán.',
      remedy: 'Nainstalujte instalační klíč produktu pomocí „volact client key install KEY“.',
    },
    ELEVATION_NEEDED: {
      meaning: 'K tomu jsou potřeba oprávnění správce.',
      cause: 'Příkaz mění něco, co se týká celého počítače, a byl spuštěn z běžného účtu.',
      remedy: 'Spusťte jej znovu jako správce, například pomocí sudo.',
    },
    ACCESS_DENIED: {
      meaning: 'Tento účet k tomu nemá oprávnění.',
      cause: 'Příkaz vyžaduje správce, nebo soubor patří jinému účtu.',
      remedy: 'Spusťte příkaz jako správce, nebo dejte tomuto účtu oprávnění k uvedenému souboru.',
    },
    NOT_BOUND: {
      meaning: 'Produkt není aktivován žádným hostitelem.',
      cause: 'Nikdy nebyl aktivován, nebo jeho dočasná licence vypršela a žádný hostitel ji neobnovil.',
      remedy: 'Spusťte „volact client activate“ a ověřte, že počítač najde hostitele.',
    },
    HOST_UNREACHABLE: {
      meaning: 'Hostitel není dostupný.',
      cause:
        'Název nelze přeložit, žádný hostitel tam už nenaslouchá, nebo v cestě stojí firewall či VPN; každá vyzkoušená adresa je uvedena.',
      remedy:
        'Prověřte název, port 1688 a firewall pomocí „volact doctor“, nebo určete jiného hostitele pomocí „volact client host set“.',
    },
    FOREIGN_PROTOCOL: {
      meaning: 'Druhá strana mluví aktivačním protokolem společnosti Microsoft, ne protokolem Volactu.',
      cause: 'Stejný port používá aktivační hostitel nebo klient systému Windows.',
      remedy: 'Zvolte pro Volact jiný port nebo název; oba systémy se navzájem aktivovat nemohou.',
    },
  },
}
