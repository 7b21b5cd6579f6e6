#!/bin/bash
# A Ceph object gateway on one machine, on loopback, in memory, for tests.
# usage: ceph-rgw.sh FOLDER MON_PORT S3_PORT OWNER_PID
# Prints "READY" once it serves, then stays. Ends its daemons and removes FOLDER when it is told to end or OWNER_PID is gone.
set -e
export CEPH_ARGS=
folder=${1:?folder} mon_port=${2:?mon port} s3_port=${3:?s3 port} owner=${4:?owner pid}
daemons=()
finish() {
  trap - EXIT INT TERM
  for pid in "${daemons[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 0' INT TERM

mkdir -p "$folder"/{mon,osd,log,run}
fsid=$(cat /proc/sys/kernel/random/uuid)
export CEPH_CONF=$folder/ceph.conf
cat > "$CEPH_CONF" <<C
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$mon_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
ms bind ipv6 = false
ms bind msgr2 = false
ms bind port min = $((mon_port + 1))
ms bind port max = $((mon_port + 100))
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd class update on start = false
osd crush update on start = false
osd objectstore = memstore
memstore device bytes = 8589934592
osd op num shards = 2
osd max object name len = 1024
run dir = $folder/run
log file = $folder/log/\$name.log
admin socket = $folder/run/\$name.asok
pid file = $folder/run/\$name.pid
crash dir = $folder/log
heartbeat file = $folder/run/\$name.hb
[mon.a]
mon data = $folder/mon
[osd.0]
osd data = $folder/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
rgw data = $folder/run
rgw dns name =
rgw enable usage log = false
rgw run sync thread = false
rgw thread pool size = 64
C

daemon() {
  local log=$folder/log/$1.out
  shift
  "$@" -f > "$log" 2>&1 &
  daemons+=($!)
}

monmaptool --create --clobber --fsid "$fsid" --addv a "[v1:127.0.0.1:$mon_port]" "$folder/monmap" > /dev/null
ceph-mon --mkfs -i a --monmap "$folder/monmap"
daemon mon ceph-mon -i a
osd=$(cat /proc/sys/kernel/random/uuid)
timeout 30 ceph osd new "$osd" > /dev/null
ceph-osd -i 0 --mkfs --osd-uuid "$osd" > "$folder/log/mkfs.out" 2>&1
timeout 30 ceph osd crush add osd.0 1.0 host=h root=default > /dev/null 2>&1
daemon osd ceph-osd -i 0
sleep 1
daemon rgw radosgw -n client.rgw
for _ in $(seq 120); do
  # Only a gateway of our own counts: another program might have taken the port.
  kill -0 "${daemons[2]}"
  curl -fsS "http://127.0.0.1:$s3_port/" > /dev/null 2>&1 && break
  sleep 0.5
done
radosgw-admin -n client.rgw user create --uid=test --display-name=test --access-key=CEPHKEY --secret-key=cephsecret123 > /dev/null 2> "$folder/log/user.err"
# A user without buckets, to give rights to and withhold them from.
radosgw-admin -n client.rgw user create --uid=guest --display-name=guest --access-key=GUESTKEY --secret-key=guestsecret123 > /dev/null 2>> "$folder/log/user.err"
echo READY

while kill -0 "$owner" 2>/dev/null && kill -0 "${daemons[2]}" 2>/dev/null; do
  sleep 1 &
  wait $! || true
done
