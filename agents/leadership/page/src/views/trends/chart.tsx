/* One chart: the canvas is a picture with a sentence; keys and pointer fill a read-out in the document. ECharts by
 * module, in a chunk of its own. */
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, AxisPointerComponent, GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'preact/hooks';

use([LineChart, BarChart, GridComponent, AxisPointerComponent, MarkLineComponent, MarkAreaComponent, AriaComponent, CanvasRenderer]);

export interface ChartProps {
    option: EChartsCoreOption;
    points: number;
    label: string;
    at: number; /* the period that the pointer stands on; -1: none */
    point: (at: number) => void;
}

export function Chart({ option, points, label, at, point }: ChartProps) {
    const box = useRef<HTMLDivElement>(null);
    const chart = useRef<EChartsType | null>(null);
    useEffect(() => {
        const node = box.current!;
        const made = init(node, undefined, { renderer: 'canvas' });
        chart.current = made;
        made.on('updateAxisPointer', (event) => {
            const axis = (event as { axesInfo?: { value: number }[] }).axesInfo?.[0];
            if (axis) point(axis.value);
        });
        const watcher = new ResizeObserver(() => made.resize());
        watcher.observe(node);
        return () => {
            watcher.disconnect();
            made.dispose();
            chart.current = null;
        };
    }, []);
    useEffect(() => chart.current?.setOption(option, { notMerge: true }), [option]);
    useEffect(() => {
        chart.current?.setOption({ xAxis: { axisPointer: at >= 0 ? { value: at, status: 'show' } : { status: 'hide' } } });
    }, [at, option]);
    const onKeyDown = (event: KeyboardEvent): void => {
        const to = { ArrowLeft: at < 0 ? points - 1 : at - 1, ArrowRight: at < 0 ? 0 : at + 1, Home: 0, End: points - 1 }[event.key];
        if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        point(Math.min(points - 1, Math.max(0, to)));
    };
    return <div ref={box} class="chart" role="img" aria-label={label} tabIndex={0} onKeyDown={onKeyDown} onBlur={() => point(-1)} onPointerLeave={() => point(-1)} />;
}
