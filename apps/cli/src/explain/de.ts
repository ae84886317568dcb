import type { Translation } from './translation.ts'

/** German. */
export const translation: Translation = {
  labels: {
    cause: 'Wahrscheinliche Ursache:',
    remedy: 'Abhilfe:',
    exit: 'Exit-Status:',
    sameAs: (number, name) => `${number} bedeutet hier dasselbe wie ${name}.`,
    elsewhere: (number) => `${number} gehört zur Volumenaktivierung von Microsoft, nicht zu Volact.`,
    onlyEnglish: 'Diese Erklärung gibt es nur auf Englisch.',
    othersEnglish: 'Die übrigen Erklärungen gibt es nur auf Englisch.',
  },
  errors: {
    NO_HOST_ANSWERED: {
      meaning: 'Kein Host konnte das Produkt aktivieren: Jeder befragte Host ist ausgefallen oder hat abgelehnt.',
      cause:
        'Die Hosts laufen nicht oder sind selbst nicht aktiviert, eine Firewall steht im Weg, oder das DNS nennt Hosts, die es nicht mehr gibt.',
      remedy:
        'Lesen Sie, was jeder Host geantwortet hat; es steht bei der Fehlermeldung. „volact doctor“ prüft den Weg Schritt für Schritt.',
    },
    COUNT_INSUFFICIENT: {
      meaning: 'Der Host hat noch nicht so viele Computer gesehen, wie das Produkt verlangt.',
      cause:
        'Im Zählzeitraum haben weniger Computer angefragt, als der Schwellenwert vorsieht, mehrere teilen sich dieselbe Hardware, oder sie verteilen sich auf mehrere Hosts.',
      remedy:
        'Lassen Sie weitere Computer bei diesem Host anfragen; „volact host status“ zeigt den Zähler, den Schwellenwert und was nicht gezählt wurde.',
    },
    HOST_MUTE: {
      meaning: 'Der Host hat die Verbindung angenommen, aber nicht geantwortet.',
      cause: 'Der Host wird gerade beendet oder ist überlastet, oder etwas auf dem Weg filtert den Datenverkehr.',
      remedy:
        'Sehen Sie im Protokoll des Hosts nach, und stellen Sie sicher, dass nichts auf dem Weg den TCP-Port 1688 untersucht oder drosselt.',
    },
    HOST_NOT_ACTIVATED: {
      meaning: 'Der Host ist selbst nicht aktiviert und kann deshalb niemanden aktivieren.',
      cause:
        'Es ist kein Hostschlüssel installiert, der Hersteller hat ihn noch nicht aktiviert, oder das Zertifikat des Hosts ist abgelaufen.',
      remedy: 'Führen Sie auf dem Host „volact host activate“ aus.',
    },
    PRODUCT_NOT_SERVED: {
      meaning: 'Dieser Host bedient das angefragte Produkt nicht.',
      cause:
        'Der Hostschlüssel gilt für andere Produkte oder nur für ältere Generationen, oder der Host ist für eine andere Anwendung vorgesehen.',
      remedy:
        'Fragen Sie einen Host, dessen Schlüssel das Produkt abdeckt, oder installieren Sie einen neueren Hostschlüssel; „volact host status“ zeigt, was bedient wird.',
    },
    KEY_INVALID: {
      meaning: 'Der Produktschlüssel ist hier nicht gültig.',
      cause:
        'Ein Zeichen ist vertippt, zwei sind vertauscht, einige fehlen, oder der Schlüssel ist von anderer Art oder für ein anderes Produkt.',
      remedy:
        'Die Meldung sagt, was nicht passt: Geben Sie den Schlüssel neu ein, fügen Sie ihn vollständig ein, oder nehmen Sie den passenden Schlüssel.',
    },
    KEY_BLOCKED: {
      meaning: 'Der Hersteller hat diesen Produktschlüssel gesperrt.',
      cause: 'Der Schlüssel wurde als öffentlich bekannt gemeldet oder vertragswidrig verwendet.',
      remedy: 'Lassen Sie sich vom Hersteller einen neuen Schlüssel geben.',
    },
    KEY_WRONG_EDITION: {
      meaning: 'Der Produktschlüssel gehört zu einem anderen Produkt oder einer anderen Edition.',
      cause: 'Der Schlüssel stammt aus der falschen Zeile einer Liste, oder das Produkt wurde inzwischen aktualisiert.',
      remedy:
        'Installieren Sie den Schlüssel genau dieses Produkts; die Setup-Schlüssel stehen im Katalog des Herstellers.',
    },
    CLOCK_SKEW: {
      meaning: 'Die Uhren von Computer und Host weichen zu stark voneinander ab.',
      cause:
        'Auf einem der beiden stimmt Datum, Uhrzeit oder Zeitzone nicht, oder er wurde auf einen Snapshot zurückgesetzt.',
      remedy: 'Stellen Sie die falsche Uhr richtig, am besten per NTP, und aktivieren Sie dann erneut.',
    },
    DNS_NAME_MISSING: {
      meaning: 'Im DNS ist kein Aktivierungshost eingetragen: Der Name existiert nicht.',
      cause: 'In der Domäne ist kein Host veröffentlicht, oder es wird in der falschen Domäne gesucht.',
      remedy:
        'Veröffentlichen Sie den SRV-Eintrag, legen Sie den Host mit „volact client host set“ fest, oder geben Sie die Domäne mit --domain an.',
    },
    DNS_NO_RECORDS: {
      meaning: 'Das DNS kennt den Namen, hat dort aber keinen SRV-Eintrag.',
      cause:
        'Die Zone wurde für die Aktivierung vorbereitet, aber es ist kein Host darin veröffentlicht, oder der letzte wurde zurückgezogen.',
      remedy:
        'Veröffentlichen Sie den SRV-Eintrag des Hosts, oder legen Sie den Host mit „volact client host set“ fest.',
    },
    DNS_SERVER_FAILED: {
      meaning: 'Der DNS-Server hat einen Fehler gemeldet oder nicht geantwortet.',
      cause: 'Der Server läuft nicht, ist von hier aus nicht erreichbar, oder er konnte selbst niemanden fragen.',
      remedy:
        'Prüfen Sie die DNS-Server dieses Computers; ein mit „volact client host set“ festgelegter Host braucht keinen SRV-Eintrag.',
    },
    DNS_NO_SUFFIX: {
      meaning: 'Es gibt keine Domäne, in der nach einem Host gesucht werden könnte.',
      cause: 'Der Computer hat kein primäres DNS-Suffix, per DHCP kam keine Domäne, und die Suffixsuchliste ist leer.',
      remedy:
        'Richten Sie die Domäne des Computers ein, geben Sie eine mit --domain an, oder legen Sie den Host mit „volact client host set“ fest.',
    },
    HOST_KEY_EXHAUSTED: {
      meaning: 'Der Hostschlüssel wurde so oft verwendet, wie es erlaubt ist.',
      cause: 'Er wurde bereits auf sechs Hosts aktiviert, oder zehnmal auf diesem.',
      remedy:
        'Bitten Sie den Hersteller um weitere Aktivierungen, oder nutzen Sie die Hosts, die schon aktiviert sind.',
    },
    MAK_BLOCKED: {
      meaning: 'Der Hersteller hat diesen Mehrfachaktivierungsschlüssel (MAK) gesperrt.',
      cause: 'Der Schlüssel wurde als öffentlich bekannt gemeldet oder vertragswidrig verwendet.',
      remedy:
        'Lassen Sie sich vom Hersteller einen neuen Schlüssel geben; bereits aktivierte Computer behalten ihre Lizenz.',
    },
    MAK_EXHAUSTED: {
      meaning: 'Der Mehrfachaktivierungsschlüssel (MAK) wurde so oft verwendet, wie es erlaubt ist.',
      cause:
        'Jeder Computer verbraucht eine Aktivierung, und eine weitere nach einer Neuinstallation oder nach einem größeren Hardwarewechsel.',
      remedy:
        'Bitten Sie den Hersteller, das Kontingent zu erhöhen, oder lassen Sie die Computer durch einen Host aktivieren.',
    },
    REARMS_EXHAUSTED: {
      meaning: 'Die Aktivierungsfrist wurde so oft zurückgesetzt (Rearm), wie es erlaubt ist.',
      cause:
        'Das Produkt, seine Anwendung oder der Computer wurde bis zu der Grenze zurückgesetzt, die der Katalog vorgibt.',
      remedy: 'Aktivieren Sie das Produkt; steht dafür kein Host bereit, wenden Sie sich an den Hersteller.',
    },
    GRACE_EXPIRED: {
      meaning: 'Die Frist, in der das Produkt aktiviert werden musste, ist abgelaufen.',
      cause: 'Der Computer hat seit der Installation keinen Host gefunden, der ihn aktiviert hätte.',
      remedy: 'Aktivieren Sie das Produkt; durch das Warten ist nichts verloren gegangen.',
    },
    HARDWARE_OUT_OF_TOLERANCE: {
      meaning: 'Die Hardware hat sich so stark verändert, dass die Lizenz nicht weiter gilt.',
      cause:
        'Hauptplatine oder Festplatte wurde getauscht, oder die Installation wurde auf einen anderen Computer verschoben oder kopiert.',
      remedy: 'Aktivieren Sie das Produkt auf diesem Computer erneut.',
    },
    NO_PRODUCT_KEY: {
      meaning: 'Es ist kein Produktschlüssel installiert.',
      cause: 'Das Produkt wurde ohne Schlüssel installiert, oder der Schlüssel wurde entfernt.',
      remedy: 'Installieren Sie den Setup-Schlüssel des Produkts mit „volact client key install KEY“.',
    },
    ELEVATION_NEEDED: {
      meaning: 'Dafür sind Administratorrechte nötig.',
      cause: 'Der Befehl ändert etwas, das den ganzen Computer betrifft, und lief unter einem gewöhnlichen Konto.',
      remedy: 'Führen Sie ihn als Administrator noch einmal aus, zum Beispiel mit sudo.',
    },
    ACCESS_DENIED: {
      meaning: 'Dieses Konto darf das nicht.',
      cause: 'Der Befehl braucht Administratorrechte, oder die Datei gehört einem anderen Konto.',
      remedy: 'Führen Sie den Befehl als Administrator aus, oder geben Sie diesem Konto Rechte an der genannten Datei.',
    },
    NOT_BOUND: {
      meaning: 'Das Produkt ist von keinem Host aktiviert.',
      cause: 'Es wurde nie aktiviert, oder die befristete Lizenz ist abgelaufen, ohne dass ein Host sie erneuert hat.',
      remedy: 'Führen Sie „volact client activate“ aus, und prüfen Sie, ob der Computer einen Host findet.',
    },
    HOST_UNREACHABLE: {
      meaning: 'Der Host ist nicht erreichbar.',
      cause:
        'Der Name lässt sich nicht auflösen, dort lauscht kein Host mehr, oder eine Firewall oder ein VPN steht im Weg; jede versuchte Adresse ist aufgeführt.',
      remedy:
        'Prüfen Sie Name, Port 1688 und Firewall mit „volact doctor“, oder legen Sie mit „volact client host set“ einen anderen Host fest.',
    },
    FOREIGN_PROTOCOL: {
      meaning: 'Die Gegenstelle spricht das Aktivierungsprotokoll von Microsoft, nicht das von Volact.',
      cause: 'Ein Aktivierungshost oder ein Client von Windows benutzt denselben Port.',
      remedy:
        'Wählen Sie für Volact einen anderen Port oder Namen; die beiden Systeme können einander nicht aktivieren.',
    },
  },
}
