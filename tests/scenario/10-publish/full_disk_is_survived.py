"""Where the disk has no room, new events are refused with a retryable code; what was acknowledged stays."""
import os
import shutil
import unittest

from county import DUPLICATE, RECORDED, REFUSED, County, main, tally_event, until

MIB = 1024 * 1024
ROOM_MIB = 1024  # between what is free and what must be free; others use the disk meanwhile


class FullDisk(unittest.TestCase):
    def publish(self, peer, number):
        peer.publish("yu", number, tally_event("yu", number))
        return peer.outcome()

    def start_peer(self, county):
        peer = county.peer("governance")
        peer.hello()
        return peer

    def test_events_are_refused_as_STORE_FULL_and_taken_again_after_a_restart_with_room(self):
        with County() as county:
            county.start()
            (_, _, position), = self.publish(self.start_peer(county), 1)[0]
            county.stop_hub()
            county.open_hub(reserve_mib=1 << 31)  # more than any disk has
            until("the complaint", lambda: "[STORE_FULL]" in county.hub.journal)
            peer = self.start_peer(county)
            self.assertEqual(self.publish(peer, 2), ([(REFUSED, 1, "STORE_FULL")], 2))
            self.assertEqual(len(county.replay()), position, "what was acknowledged can be read")
            self.assertEqual(county.ask_lines("rejected"), [])
            waiting = county.start_publisher("waiting", count=100)
            until("the publisher's session", lambda: county.hub.journal.count("session of governance") == 2)
            county.stop_hub()
            county.open_hub()
            peer = self.start_peer(county)
            self.assertEqual(self.publish(peer, 1)[0], [(DUPLICATE, 1, position)])
            self.assertEqual(self.publish(peer, 2)[0][0][0], RECORDED)
            self.assertEqual(waiting.wait(), 0, "it waited and sent again by itself")
            self.assertEqual([line.split()[0] for line in waiting.lines], ["recorded"] * 100)

    def test_service_resumes_by_itself_when_there_is_room_again(self):
        with County() as county:
            free_mib = shutil.disk_usage(county.folder).free // MIB
            if free_mib < 4 * ROOM_MIB:
                self.skipTest(f"needs {4 * ROOM_MIB} MiB free")
            county.start(reserve_mib=free_mib - ROOM_MIB)
            peer = self.start_peer(county)
            self.assertEqual(self.publish(peer, 1)[0][0][0], RECORDED)
            hog = county.folder / "hog"
            with open(hog, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 2 * ROOM_MIB * MIB)
            until("the complaint", lambda: "less than the reserve is free" in county.hub.journal)
            self.assertEqual(self.publish(peer, 2)[0], [(REFUSED, 1, "STORE_FULL")])
            hog.unlink()
            until("room", lambda: "room again; events are taken" in county.hub.journal)
            self.assertEqual(self.publish(peer, 2)[0][0][0], RECORDED)


if __name__ == "__main__":
    main()
