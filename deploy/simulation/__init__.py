"""What if: recorded history played again under another process, structure or calendar; nothing is recorded.

What is assumed, and so said with every result:

* **Only what the alternative changes changes.** Each dossier's way is planned twice by the same rules: with
  its own process version and the register as recorded, and with the alternative. Where both are equal, the
  dossier keeps its recorded turns to the microsecond. So the very same alternative changes nothing.
* **Work takes as long as it took.** On another way each leg takes the working time that its namesake took,
  over all of its turns; one that opens at the recorded moment ends at the recorded moment. A namesake is the
  leg with the same id, else the same name, else the same place and kind of agency. A leg without one, and
  one that the record had not reached, takes its whole term, or no time without a term. Legs that the
  alternative does not have fall away. Nobody works faster because there is less to do, or slower because
  there is more: there are no queues in it.
* **Applicants wait as they waited**: as long in working time, at the same place of the same leg.
* **Returns and transfers are not played again**: their time stays with the leg; extensions stay.
* **Appointments are counted by the law's rules** from the same reception. Another limit is one that the
  process states differently from the version that led the dossier, and holds for dossiers that had the old
  one. An appointment that live rules do not reproduce to the second is left as it is, and counted.
* **Agencies that end** under a plan hand their open legs to their successors at that moment, terms and all.
* A dossier that was open is looked at as of the last recorded moment; one that had ended is played to its
  end, be it later than that.
"""
