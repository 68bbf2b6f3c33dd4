import { href } from '../../address';
import type { Summary } from '../../api/types';
import { Card } from '../../components/card';
import { words } from '../../words';
import { Figures } from './figures';
import { MatterList } from './list';

export function Joint({ summary: { joint, supervisions, discrepancies } }: { summary: Summary }) {
    const w = words.value;
    return (
        <>
            <Card title={w.jointHandling} hint={w.jointHint}>
                <Figures lines={[
                    { name: w.jointOpen, figure: 'joint.open', value: joint.open },
                    { name: w.jointClosed, figure: 'joint.closed', value: joint.closed },
                    { name: w.consultations, figure: 'joint.consultations', value: joint.consultations },
                    { name: w.tasks, figure: 'joint.tasks', value: joint.tasks },
                    { name: w.tasksDoneWord, figure: 'joint.tasks_done', value: joint.tasksDone },
                    { name: w.tasksOverdue, figure: 'joint.tasks_overdue', value: joint.tasksOverdue },
                ]} />
            </Card>
            <Card title={w.supervisions} hint={w.supervisionsHint}>
                <Figures lines={[
                    { name: w.supervisionsIssued, figure: 'supervisions.issued', value: supervisions.issued },
                    { name: w.supervisionsAnswered, figure: 'supervisions.answered', value: supervisions.answered },
                    { name: w.supervisionsOverdue, figure: 'supervisions.overdue', value: supervisions.overdue },
                    { name: w.supervisionsEscalated, figure: 'supervisions.escalated', value: supervisions.escalated },
                ]} />
            </Card>
            <Card title={w.suspected} aside={<a href={href({ path: '/lists/suspected' })}>{w.all} ›</a>}>
                <Figures lines={[
                    { name: w.suspectedRaised, figure: 'discrepancies.raised', value: discrepancies.raised },
                    { name: w.suspectedHint, figure: 'discrepancies.open', value: discrepancies.open },
                    { name: w.suspectedConfirmed, figure: 'discrepancies.confirmed', value: discrepancies.confirmed },
                    { name: w.suspectedExplained, figure: 'discrepancies.explained', value: discrepancies.explained },
                ]} />
            </Card>
            <MatterList title={w.jointList} steps={[]} only="joint" offered={['joint', 'supervised', 'overdue', 'dueSoon', 'open', 'all']} />
        </>
    );
}
