import type { Translation } from './translation.ts'

/** French. */
export const translation: Translation = {
  labels: {
    cause: 'Cause probable :',
    remedy: 'Que faire :',
    exit: 'Code de sortie :',
    sameAs: (number, name) => `${number} a ici le même sens que ${name}.`,
    elsewhere: (number) => `${number} appartient à l’activation en volume de Microsoft, pas à Volact.`,
    onlyEnglish: 'Cette explication n’existe qu’en anglais.',
    othersEnglish: 'Les autres explications n’existent qu’en anglais.',
  },
  errors: {
    NO_HOST_ANSWERED: {
      meaning: 'Aucun hôte n’a pu activer le produit : chacun de ceux qui ont été sollicités a échoué ou refusé.',
      cause:
        'Les hôtes sont arrêtés ou ne sont pas activés, un pare-feu fait obstacle, ou le DNS annonce des hôtes qui n’existent plus.',
      remedy:
        'Lisez la réponse de chaque hôte, qui accompagne l’erreur ; « volact doctor » vérifie le chemin étape par étape.',
    },
    COUNT_INSUFFICIENT: {
      meaning: 'L’hôte n’a pas encore vu autant d’ordinateurs que le produit en demande.',
      cause:
        'Moins d’ordinateurs que le seuil se sont présentés pendant la période de comptage, plusieurs partagent le même matériel, ou ils sont répartis entre plusieurs hôtes.',
      remedy:
        'Faites en sorte que davantage d’ordinateurs sollicitent cet hôte ; « volact host status » affiche le compteur, le seuil et ce qui n’a pas été compté.',
    },
    HOST_MUTE: {
      meaning: 'L’hôte a accepté la connexion mais n’a pas répondu.',
      cause: 'L’hôte est en cours d’arrêt ou surchargé, ou un équipement filtre le trafic en chemin.',
      remedy:
        'Consultez le journal de l’hôte et vérifiez que rien n’inspecte ni ne limite le port TCP 1688 sur le chemin.',
    },
    HOST_NOT_ACTIVATED: {
      meaning: 'L’hôte lui-même n’est pas activé ; il ne peut donc rien activer.',
      cause:
        'Aucune clé d’hôte n’est installée, l’éditeur ne l’a pas encore activée, ou le certificat de l’hôte a expiré.',
      remedy: 'Exécutez « volact host activate » sur l’hôte.',
    },
    PRODUCT_NOT_SERVED: {
      meaning: 'Cet hôte ne prend pas en charge le produit demandé.',
      cause:
        'La clé d’hôte couvre d’autres produits ou seulement des générations plus anciennes, ou l’hôte est destiné à une autre application.',
      remedy:
        'Adressez-vous à un hôte dont la clé couvre le produit, ou installez une clé d’hôte plus récente ; « volact host status » indique ce qui est pris en charge.',
    },
    KEY_INVALID: {
      meaning: 'Cette clé de produit n’est pas valide ici.',
      cause:
        'Un caractère est mal saisi, deux sont inversés, il en manque, ou la clé est d’un autre type ou d’un autre produit.',
      remedy:
        'Le message indique ce qui ne convient pas : saisissez la clé de nouveau, collez-la en entier, ou utilisez celle qui convient ici.',
    },
    KEY_BLOCKED: {
      meaning: 'L’éditeur a bloqué cette clé de produit.',
      cause: 'La clé a été signalée comme divulguée, ou utilisée en violation du contrat.',
      remedy: 'Demandez une nouvelle clé à l’éditeur.',
    },
    KEY_WRONG_EDITION: {
      meaning: 'La clé de produit est celle d’un autre produit ou d’une autre édition.',
      cause: 'La clé a été prise sur la mauvaise ligne d’une liste, ou le produit a été mis à niveau.',
      remedy:
        'Installez la clé de ce produit précis ; le catalogue de l’éditeur donne la liste des clés d’installation.',
    },
    CLOCK_SKEW: {
      meaning: 'Les horloges de l’ordinateur et de l’hôte sont trop éloignées l’une de l’autre.',
      cause:
        'L’un des deux a une date, une heure ou un fuseau horaire erronés, ou a été restauré à partir d’un instantané.',
      remedy: 'Réglez l’horloge fautive, de préférence par NTP, puis relancez l’activation.',
    },
    DNS_NAME_MISSING: {
      meaning: 'Le DNS n’annonce aucun hôte d’activation : le nom n’existe pas.',
      cause: 'Aucun hôte n’est publié dans le domaine, ou ce n’est pas le bon domaine.',
      remedy:
        'Publiez l’enregistrement SRV, désignez l’hôte avec « volact client host set », ou indiquez le domaine avec --domain.',
    },
    DNS_NO_RECORDS: {
      meaning: 'Le DNS connaît le nom, mais n’y a aucun enregistrement SRV.',
      cause: 'La zone a été préparée pour l’activation, mais aucun hôte n’y est publié, ou le dernier en a été retiré.',
      remedy: 'Publiez l’enregistrement SRV de l’hôte, ou désignez l’hôte avec « volact client host set ».',
    },
    DNS_SERVER_FAILED: {
      meaning: 'Le serveur DNS a signalé une défaillance ou n’a pas répondu.',
      cause: 'Le serveur est arrêté, n’est pas joignable d’ici, ou n’a pas pu interroger d’autres serveurs.',
      remedy:
        'Vérifiez les serveurs DNS de cet ordinateur ; un hôte désigné avec « volact client host set » n’a pas besoin d’enregistrement SRV.',
    },
    DNS_NO_SUFFIX: {
      meaning: 'Il n’y a aucun domaine dans lequel chercher un hôte.',
      cause:
        'L’ordinateur n’a pas de suffixe DNS principal, n’en a pas reçu par DHCP, et sa liste de recherche est vide.',
      remedy:
        'Définissez le domaine de l’ordinateur, indiquez-en un avec --domain, ou désignez l’hôte avec « volact client host set ».',
    },
    HOST_KEY_EXHAUSTED: {
      meaning: 'La clé d’hôte a été utilisée autant de fois que permis.',
      cause: 'Elle a déjà été activée sur six hôtes, ou dix fois sur celui-ci.',
      remedy: 'Demandez à l’éditeur des activations supplémentaires, ou continuez avec les hôtes déjà activés.',
    },
    MAK_BLOCKED: {
      meaning: 'L’éditeur a bloqué cette clé d’activation multiple (MAK).',
      cause: 'La clé a été signalée comme divulguée, ou utilisée en violation du contrat.',
      remedy: 'Demandez une nouvelle clé à l’éditeur ; les ordinateurs déjà activés conservent leur licence.',
    },
    MAK_EXHAUSTED: {
      meaning: 'La clé d’activation multiple (MAK) a été utilisée autant de fois que permis.',
      cause: 'Chaque ordinateur consomme une activation, puis une autre s’il est réinstallé ou si son matériel change.',
      remedy: 'Demandez à l’éditeur de relever la limite de la clé, ou faites activer les ordinateurs par un hôte.',
    },
    REARMS_EXHAUSTED: {
      meaning: 'La période de grâce a été réinitialisée autant de fois que permis.',
      cause: 'Le produit, son application ou l’ordinateur a été réarmé jusqu’à la limite fixée par le catalogue.',
      remedy: 'Activez le produit ; si aucun hôte ne peut le faire, adressez-vous à l’éditeur.',
    },
    GRACE_EXPIRED: {
      meaning: 'Le délai pendant lequel le produit devait être activé est écoulé.',
      cause: 'Depuis l’installation, l’ordinateur n’a trouvé aucun hôte pour l’activer.',
      remedy: 'Activez le produit ; l’attente n’a rien fait perdre.',
    },
    HARDWARE_OUT_OF_TOLERANCE: {
      meaning: 'Le matériel a trop changé pour que la licence reste valable.',
      cause:
        'La carte mère ou le disque a été remplacé, ou l’installation a été déplacée ou copiée sur un autre ordinateur.',
      remedy: 'Activez de nouveau le produit sur cet ordinateur.',
    },
    NO_PRODUCT_KEY: {
      meaning: 'Aucune clé de produit n’est installée.',
      cause: 'Le produit a été installé sans clé, ou la clé a été supprimée.',
      remedy: 'Installez la clé d’installation du produit avec « volact client key install KEY ».',
    },
    ELEVATION_NEEDED: {
      meaning: 'Cette opération exige les droits d’administrateur.',
      cause: 'La commande modifie ce qui concerne tout l’ordinateur et a été lancée depuis un compte ordinaire.',
      remedy: 'Relancez-la en tant qu’administrateur, par exemple avec sudo.',
    },
    ACCESS_DENIED: {
      meaning: 'Ce compte n’a pas le droit de faire cela.',
      cause: 'La commande exige un administrateur, ou le fichier appartient à un autre compte.',
      remedy: 'Lancez la commande en tant qu’administrateur, ou donnez à ce compte les droits sur le fichier indiqué.',
    },
    NOT_BOUND: {
      meaning: 'Le produit n’est activé par aucun hôte.',
      cause: 'Il n’a jamais été activé, ou sa licence temporaire a pris fin sans qu’un hôte l’ait renouvelée.',
      remedy: 'Exécutez « volact client activate » et vérifiez que l’ordinateur trouve un hôte.',
    },
    HOST_UNREACHABLE: {
      meaning: 'L’hôte est injoignable.',
      cause:
        'Le nom ne peut pas être résolu, aucun hôte n’y est plus à l’écoute, ou un pare-feu ou un VPN fait obstacle ; chaque adresse essayée est indiquée.',
      remedy:
        'Vérifiez le nom, le port 1688 et le pare-feu avec « volact doctor », ou désignez un autre hôte avec « volact client host set ».',
    },
    FOREIGN_PROTOCOL: {
      meaning: 'L’interlocuteur parle le protocole d’activation de Microsoft, pas celui de Volact.',
      cause: 'Un hôte d’activation ou un client Windows utilise le même port.',
      remedy:
        'Choisissez un autre port ou un autre nom pour Volact ; les deux systèmes ne peuvent pas s’activer l’un l’autre.',
    },
  },
}
