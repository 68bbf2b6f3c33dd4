export function EventView(_props: { position: string }) {
    return null;
}
