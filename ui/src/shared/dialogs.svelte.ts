// How many dialogs are open: a scan made meanwhile must not be taken in silence.
class Dialogs {
  open = $state(0);
}

export const dialogs = new Dialogs();
