import type { Translation } from './translation.ts'

/** Italian. */
export const translation: Translation = {
  labels: {
    cause: 'Causa probabile:',
    remedy: 'Che cosa fare:',
    exit: 'Codice di uscita:',
    sameAs: (number, name) => `${number} qui ha lo stesso significato di ${name}.`,
    elsewhere: (number) =>
      `${number} appartiene all’attivazione dei contratti multilicenza di Microsoft, non a Volact.`,
    onlyEnglish: 'Questa spiegazione è disponibile solo in inglese.',
    othersEnglish: 'Le altre spiegazioni sono disponibili solo in inglese.',
  },
  errors: {
    NO_HOST_ANSWERED: {
      meaning:
        'Nessun host è riuscito ad attivare il prodotto: tutti quelli interpellati hanno dato errore o hanno rifiutato.',
      cause:
        'Gli host sono spenti o non attivati, un firewall blocca il traffico, oppure il DNS indica host che non esistono più.',
      remedy:
        'Leggere la risposta di ciascun host, elencata insieme all’errore; «volact doctor» controlla il percorso passo per passo.',
    },
    COUNT_INSUFFICIENT: {
      meaning: 'L’host non ha ancora visto tanti computer quanti ne richiede il prodotto.',
      cause:
        'Nel periodo di conteggio si sono presentati meno computer della soglia, alcuni condividono lo stesso hardware, oppure sono distribuiti su più host.',
      remedy:
        'Fare in modo che altri computer si rivolgano a questo host; «volact host status» mostra il conteggio, la soglia e ciò che non è stato contato.',
    },
    HOST_MUTE: {
      meaning: 'L’host ha accettato la connessione ma non ha risposto.',
      cause: 'L’host si sta arrestando o è sovraccarico, oppure qualcosa lungo il percorso filtra il traffico.',
      remedy:
        'Consultare il registro dell’host e verificare che nulla lungo il percorso ispezioni o limiti la porta TCP 1688.',
    },
    HOST_NOT_ACTIVATED: {
      meaning: 'L’host stesso non è attivato e quindi non può attivare nulla.',
      cause:
        'Non è installata alcuna chiave host, il produttore non l’ha ancora attivata, oppure il certificato dell’host è scaduto.',
      remedy: 'Eseguire «volact host activate» sull’host.',
    },
    PRODUCT_NOT_SERVED: {
      meaning: 'Questo host non gestisce il prodotto richiesto.',
      cause:
        'La chiave host copre altri prodotti o soltanto generazioni precedenti, oppure l’host è destinato a un’altra applicazione.',
      remedy:
        'Rivolgersi a un host la cui chiave copra il prodotto, o installare una chiave host più recente; «volact host status» elenca ciò che viene gestito.',
    },
    KEY_INVALID: {
      meaning: 'Il codice Product Key non è valido qui.',
      cause:
        'Un carattere è errato, due sono scambiati, ne manca qualcuno, oppure è un codice di altro tipo o di un altro prodotto.',
      remedy:
        'Il messaggio dice che cosa non va: digitare di nuovo il codice, incollarlo per intero, o usare quello giusto.',
    },
    KEY_BLOCKED: {
      meaning: 'Il produttore ha bloccato questo codice Product Key.',
      cause: 'Il codice è stato segnalato come divulgato, oppure usato in violazione del contratto.',
      remedy: 'Chiedere al produttore un nuovo codice.',
    },
    KEY_WRONG_EDITION: {
      meaning: 'Il codice Product Key appartiene a un altro prodotto o a un’altra edizione.',
      cause: 'Il codice è stato preso dalla riga sbagliata di un elenco, oppure il prodotto è stato aggiornato.',
      remedy:
        'Installare il codice di questo preciso prodotto; il catalogo del produttore elenca le chiavi di installazione.',
    },
    CLOCK_SKEW: {
      meaning: 'Gli orologi del computer e dell’host sono troppo distanti tra loro.',
      cause: 'Uno dei due ha data, ora o fuso orario errati, oppure è stato ripristinato da uno snapshot.',
      remedy: 'Regolare l’orologio sbagliato, preferibilmente tramite NTP, poi ripetere l’attivazione.',
    },
    DNS_NAME_MISSING: {
      meaning: 'Nel DNS non c’è alcun host di attivazione: il nome non esiste.',
      cause: 'Nel dominio non è pubblicato alcun host, oppure il dominio non è quello giusto.',
      remedy:
        'Pubblicare il record SRV, indicare l’host con «volact client host set», oppure indicare il dominio con --domain.',
    },
    DNS_NO_RECORDS: {
      meaning: 'Il DNS conosce il nome, ma non contiene per esso alcun record SRV.',
      cause:
        'La zona è stata predisposta per l’attivazione, ma non vi è pubblicato alcun host, oppure l’ultimo è stato ritirato.',
      remedy: 'Pubblicare il record SRV dell’host, oppure indicare l’host con «volact client host set».',
    },
    DNS_SERVER_FAILED: {
      meaning: 'Il server DNS ha segnalato un errore o non ha risposto.',
      cause: 'Il server è spento, non è raggiungibile da qui, o non è riuscito a interrogarne altri.',
      remedy:
        'Controllare i server DNS di questo computer; un host indicato con «volact client host set» non ha bisogno di record SRV.',
    },
    DNS_NO_SUFFIX: {
      meaning: 'Non c’è alcun dominio in cui cercare un host.',
      cause:
        'Il computer non ha un suffisso DNS primario, non ne ha ricevuto uno da DHCP e il suo elenco di ricerca è vuoto.',
      remedy:
        'Impostare il dominio del computer, indicarne uno con --domain, oppure indicare l’host con «volact client host set».',
    },
    HOST_KEY_EXHAUSTED: {
      meaning: 'La chiave host è stata usata tutte le volte consentite.',
      cause: 'È già stata attivata su sei host, oppure dieci volte su questo.',
      remedy: 'Chiedere al produttore altre attivazioni, oppure continuare con gli host già attivati.',
    },
    MAK_BLOCKED: {
      meaning: 'Il produttore ha bloccato questo codice ad attivazione multipla (MAK).',
      cause: 'Il codice è stato segnalato come divulgato, oppure usato in violazione del contratto.',
      remedy: 'Chiedere al produttore un nuovo codice; i computer già attivati conservano la licenza.',
    },
    MAK_EXHAUSTED: {
      meaning: 'Il codice ad attivazione multipla (MAK) è stato usato tutte le volte consentite.',
      cause: 'Ogni computer consuma un’attivazione, e un’altra se viene reinstallato o se il suo hardware cambia.',
      remedy: 'Chiedere al produttore di aumentare il limite del codice, oppure far attivare i computer da un host.',
    },
    REARMS_EXHAUSTED: {
      meaning: 'Il periodo di tolleranza è stato reimpostato tutte le volte consentite.',
      cause: 'Il prodotto, la sua applicazione o il computer è stato riarmato fino al limite stabilito dal catalogo.',
      remedy: 'Attivare il prodotto; se nessun host può farlo, rivolgersi al produttore.',
    },
    GRACE_EXPIRED: {
      meaning: 'Il periodo entro il quale il prodotto doveva essere attivato è terminato.',
      cause: 'Dall’installazione in poi il computer non ha trovato alcun host che lo attivasse.',
      remedy: 'Attivare il prodotto; l’attesa non ha fatto perdere nulla.',
    },
    HARDWARE_OUT_OF_TOLERANCE: {
      meaning: 'L’hardware è cambiato troppo perché la licenza resti valida.',
      cause:
        'È stata sostituita la scheda madre o il disco, oppure l’installazione è stata spostata o copiata su un altro computer.',
      remedy: 'Attivare di nuovo il prodotto su questo computer.',
    },
    NO_PRODUCT_KEY: {
      meaning: 'Non è installato alcun codice Product Key.',
      cause: 'Il prodotto è stato installato senza codice, oppure il codice è stato rimosso.',
      remedy: 'Installare la chiave di installazione del prodotto con «volact client key install KEY».',
    },
    ELEVATION_NEEDED: {
      meaning: 'Per questa operazione servono i diritti di amministratore.',
      cause: 'Il comando modifica ciò che riguarda l’intero computer ed è stato eseguito da un account normale.',
      remedy: 'Eseguirlo di nuovo come amministratore, per esempio con sudo.',
    },
    ACCESS_DENIED: {
      meaning: 'Questo account non è autorizzato a farlo.',
      cause: 'Il comando richiede un amministratore, oppure il file appartiene a un altro account.',
      remedy: 'Eseguire il comando come amministratore, o concedere a questo account i diritti sul file indicato.',
    },
    NOT_BOUND: {
      meaning: 'Il prodotto non è attivato da alcun host.',
      cause: 'Non è mai stato attivato, oppure la licenza temporanea è scaduta senza che un host la rinnovasse.',
      remedy: 'Eseguire «volact client activate» e verificare che il computer trovi un host.',
    },
    HOST_UNREACHABLE: {
      meaning: 'L’host non è raggiungibile.',
      cause:
        'Il nome non viene risolto, lì non è più in ascolto alcun host, oppure un firewall o una VPN blocca il traffico; ogni indirizzo provato è elencato.',
      remedy:
        'Controllare nome, porta 1688 e firewall con «volact doctor», oppure indicare un altro host con «volact client host set».',
    },
    FOREIGN_PROTOCOL: {
      meaning: 'L’altra parte parla il protocollo di attivazione di Microsoft, non quello di Volact.',
      cause: 'Un host di attivazione o un client Windows usa la stessa porta.',
      remedy: 'Scegliere per Volact un’altra porta o un altro nome; i due sistemi non possono attivarsi a vicenda.',
    },
  },
}
