export function InHand() {
    return <p class="card" />;
}
