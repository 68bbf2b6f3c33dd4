import type { Summary } from '../../api/types';
import { Card } from '../../components/card';
import { words } from '../../words';
import { TrendLink } from '../shared/trend-link';
import { Figures, Share } from './figures';
import { MatterList } from './list';

const STEPS = [
    'OPENED', 'EXPLAINED', 'CONSENTING', 'CONSENTED', 'REGISTERED', 'IN_SESSION', 'AGREED', 'PERFORMED', 'BROKEN', 'ENDED',
    'CONFIRMATION_REQUESTED', 'COURT_CONFIRMED',
];

export function Disputes({ summary: { disputes } }: { summary: Summary }) {
    const w = words.value;
    return (
        <>
            <Card title={w.disputes} hint={w.disputesHint} aside={<TrendLink of={['disputes.opened', 'disputes.succeeded']} />}>
                <Share name={w.mobileShare} rate={disputes.mobileShare} part="disputes.mobile" whole="disputes.succeeded" />
                <Figures lines={[
                    { name: w.disputesOpened, figure: 'disputes.opened', value: disputes.opened },
                    { name: w.bothAgreed, figure: 'disputes.both_agreed', value: disputes.bothAgreed },
                    { name: w.agreed, figure: 'disputes.succeeded', value: disputes.succeeded },
                    { name: w.mobile, figure: 'disputes.mobile', value: disputes.mobile },
                    { name: w.performed, figure: 'disputes.performed', value: disputes.performed },
                    { name: w.ended, figure: 'disputes.ended', value: disputes.ended },
                    { name: w.courtConfirmed, figure: 'disputes.court_confirmed', value: disputes.courtConfirmed },
                    { name: w.followedByPetition, figure: 'disputes.followed_by_petition', value: disputes.followedByPetition, hint: disputes.followedByPetition === 0 ? w.noneLinked : undefined },
                ]} />
            </Card>
            <MatterList title={w.disputeList} kind="DISPUTE" steps={STEPS} />
        </>
    );
}
