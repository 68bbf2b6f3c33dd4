"""A summary of more rows than are counted at once: after a kill all of them are counted anew, in parts, and who asks, who
asks at the same time and who follows gets the same figures as before."""
import unittest

from county import County, main, until

EVENTS = 200000  # of eight one is counted, and the others are about one matter: more than two parts of 20,000 rows
ASKING = 3


class SummariesAreCountedInParts(unittest.TestCase):
    def test_figures_are_the_same_after_a_kill(self):
        with County() as county:
            county.start()
            publisher = county.start_publisher("counts", count=EVENTS, batch=1000, window=16)
            self.assertEqual(publisher.wait(60), 0, publisher.journal)
            counted = self.summary(county)
            self.assertEqual(sum(int(tally.get("count", 0)) for tally in counted["tallies"]), EVENTS // 8)
            county.kill_hub()
            county.spawn_hub()
            asking = [county.start_ctl(f"asking-{number}", "--json", "summary") for number in range(ASKING)]
            following = county.start_ctl("following", "--json", "summary", "--follow")
            for program in asking:
                self.assertEqual(program.wait(), 0, program.journal)
                self.assertEqual(program.json_lines, [counted])
            until("a summary", lambda: following.lines)
            self.assertEqual(following.json_lines[0], counted)
            following.kill()
            self.assertEqual(self.summary(county), counted)

    def summary(self, county):
        answer, = county.ask_lines("summary")
        return answer


if __name__ == "__main__":
    main()
