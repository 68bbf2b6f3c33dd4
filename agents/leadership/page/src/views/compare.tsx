export function Compare() {
    return <p class="card" />;
}
