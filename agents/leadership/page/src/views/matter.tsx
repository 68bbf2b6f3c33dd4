export function MatterView() {
    return <p class="card" />;
}
