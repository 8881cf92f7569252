package dev.pollux.benchmarks.peers;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Writes a chart as an SVG picture, whose lines can be told apart without colours: by their markers and dashes. */
final class ChartFile {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final int PADDING = 10;
    private static final float LINE_WIDTH = 1.6f;
    /** From here on, an axis has its marks at powers of ten, and below at powers of two. */
    private static final double MANY_DECADES = 300;

    private static final Color GRID = new Color(0xD0D0D0);

    private static final Font TITLE_FONT = new Font(Font.SANS_SERIF, Font.BOLD, 16);
    private static final Font AXIS_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font LABEL_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    /** As in the palette of Okabe and Ito, which most people with defective colour vision can tell apart. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x000000),
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x8A6D00),
            new Color(0x56B4E9),
            new Color(0x666666));

    /** Lengths of a dash and of the gap after it; none for a line without gaps. */
    private static final List<float[]> DASHES = List.of(
            new float[0], new float[] {8, 4}, new float[] {2, 3}, new float[] {10, 3, 2, 3}, new float[] {4, 2});

    private static final List<Shape> MARKERS = List.of(
            new Ellipse2D.Double(-4, -4, 8, 8),
            new Rectangle2D.Double(-4, -4, 8, 8),
            polygon(0, -5, 5, 4, -5, 4),
            polygon(0, -6, 5, 0, 0, 6, -5, 0),
            polygon(0, 5, 5, -4, -5, -4),
            turned(polygon(-5, -1, 5, -1, 5, 1, -5, 1), polygon(-1, -5, 1, -5, 1, 5, -1, 5)),
            new Rectangle2D.Double(-6, -2, 12, 4));

    private ChartFile() {}

    private static Shape polygon(double... points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            path.lineTo(points[i], points[i + 1]);
        }
        path.closePath();
        return path;
    }

    private static Shape turned(Shape one, Shape other) {
        Path2D both = new Path2D.Double(one);
        both.append(other, false);
        return AffineTransform.getRotateInstance(Math.PI / 4).createTransformedShape(both);
    }

    /** Writes {@code chart} into {@code directory}. */
    static void write(Chart chart, Path directory) throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        draw(chart).draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        Document document = new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT));
        try (OutputStream out = Files.newOutputStream(directory.resolve(chart.fileName()))) {
            document.writeTo(out);
        }
    }

    private static JFreeChart draw(Chart chart) {
        XYSeriesCollection series = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, true);
        for (int i = 0; i < chart.lines().size(); i++) {
            series.addSeries(points(chart.lines().get(i)));
            renderer.setSeriesPaint(i, pick(COLOURS, i));
            renderer.setSeriesShape(i, pick(MARKERS, i));
            renderer.setSeriesStroke(i, stroke(pick(DASHES, i)));
        }
        renderer.setDrawSeriesLineAsPath(true);
        XYPlot plot = new XYPlot(
                series,
                axis(chart, chart.xTitle(), Chart.Line::x),
                axis(chart, chart.yTitle(), Chart.Line::y),
                renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setOutlineVisible(false);
        JFreeChart drawing = new JFreeChart(chart.title(), TITLE_FONT, plot, true);
        drawing.setBackgroundPaint(Color.WHITE);
        drawing.setPadding(new RectangleInsets(PADDING, PADDING, PADDING, PADDING));
        LegendTitle legend = drawing.getLegend();
        legend.setPosition(RectangleEdge.RIGHT);
        legend.setItemFont(LABEL_FONT);
        return drawing;
    }

    private static XYSeries points(Chart.Line line) {
        XYSeries points = new XYSeries(line.name());
        for (int i = 0; i < line.x().size(); i++) {
            points.add(line.x().get(i), line.y().get(i));
        }
        return points;
    }

    private static ValueAxis axis(Chart chart, String title, Function<Chart.Line, List<Double>> values) {
        ValueAxis axis;
        if (chart.isLogarithmic()) {
            LogAxis logarithmic = new LogAxis(title);
            logarithmic.setBase(spans(chart, values) > MANY_DECADES ? 10 : 2);
            logarithmic.setTickUnit(new NumberTickUnit(1));
            logarithmic.setNumberFormatOverride(
                    new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
            axis = logarithmic;
        } else {
            axis = new NumberAxis(title);
        }
        axis.setLabelFont(AXIS_FONT);
        axis.setLabelPaint(Color.BLACK);
        axis.setTickLabelPaint(Color.BLACK);
        axis.setTickLabelFont(LABEL_FONT);
        return axis;
    }

    /** Returns how many times the least value the greatest one is. */
    private static double spans(Chart chart, Function<Chart.Line, List<Double>> values) {
        DoubleSummaryStatistics all = chart.lines().stream()
                .flatMap(line -> values.apply(line).stream())
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        return all.getMax() / all.getMin();
    }

    private static <T> T pick(List<T> from, int index) {
        return from.get(index % from.size());
    }

    private static BasicStroke stroke(float[] dashes) {
        return new BasicStroke(
                LINE_WIDTH, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes.length == 0 ? null : dashes, 0);
    }
}
