import type { Claim } from './claim';
import { agreedPlace } from './agreedPlace';
import { countedIsConfirmed } from './countedIsConfirmed';
import { damageIsRefused } from './damageIsRefused';
import { endsWhenCancelled } from './endsWhenCancelled';
import { fullDisk } from './fullDisk';
import { linkedStore } from './linkedStore';
import { lostWrites } from './lostWrites';
import { lyingServer } from './lyingServer';
import { network } from './network';
import { pythonAtWork } from './pythonAtWork';
import { readOnly } from './readOnly';
import { refsSwap } from './refsSwap';
import { resumedUpload } from './resumedUpload';
import { roundTrip } from './roundTrip';
import { secondHolder } from './secondHolder';
import { someFail } from './someFail';
import { specialFiles } from './specialFiles';
import { survivesKill } from './survivesKill';
import { syncedMeansAll } from './syncedMeansAll';
import { withoutFlock } from './withoutFlock';

export const claims: readonly Claim[] = [
  survivesKill, resumedUpload, syncedMeansAll, damageIsRefused, lyingServer, refsSwap, secondHolder, pythonAtWork, endsWhenCancelled,
  network, someFail, fullDisk, readOnly, roundTrip, countedIsConfirmed, linkedStore, withoutFlock, lostWrites, agreedPlace, specialFiles,
];
